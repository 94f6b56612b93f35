import { maxBytesHeader } from "@history-sync/history-client/contract";
import { answer } from "../answers.js";
import { newBlobId } from "../blob-id.js";
import type { Context, Resource, Route } from "../context.js";

const there: Route = async (_request, { maxBytes }) =>
  answer(200, "", { [maxBytesHeader]: `${maxBytes}` });

/** `/`, as XMTP's server: it is there. */
export const health: Resource = { GET: there, HEAD: there };

/** `/healthz`: the store answers too, or this rejects and becomes a 503. */
export const readiness: Resource = { GET: ready, HEAD: ready };

async function ready(
  _request: Request,
  { blobs, randomBytes }: Context,
): Promise<Response> {
  await blobs.stat(newBlobId(randomBytes));
  return answer(200);
}
