import { equalBytes, type InboxId } from "@history-sync/primitives";
import { applyUpdate } from "./apply-update.js";
import { IdentityError } from "./errors.js";
import type { FoldOptions, InboxSnapshot } from "./fold-log.js";
import type { CallOptions, IdentityService } from "./identity-service.js";
import type { KnownInboxes } from "./known-inboxes.js";
import { verifyUpdate } from "./verify/verify-update.js";
import { decodeUpdate } from "./wire/decode-update.js";
import { encodeUpdate } from "./wire/encode-update.js";

interface PublishContext {
  readonly service: IdentityService;
  readonly inboxes: KnownInboxes;
  readonly fold: FoldOptions;
}

interface Wanted {
  readonly inboxId: InboxId;
  readonly contents: Uint8Array;
}

/** A node refuses the second copy of an update as a replay: whether the first one arrived, only the log can say. */
export async function publishUpdate(
  update: Uint8Array,
  { service, inboxes, fold }: PublishContext,
  options: CallOptions = {},
): Promise<InboxSnapshot> {
  const decoded = decodeUpdate(update, fold.limits);
  const { inboxId } = decoded;
  const wanted = { inboxId, contents: encodeUpdate(decoded) };
  const isStored = () => stored(service, wanted, fold, options);
  const before = await inboxes.refresh(inboxId, options.signal);
  try {
    const verified = await verifyUpdate(decoded, { ...fold, ...options });
    applyUpdate(before?.state, verified);
    await service.publish(update, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(await isStored())) throw error;
  }
  const after = await inboxes.refresh(inboxId, options.signal);
  if (after !== undefined && (await isStored())) return after;
  throw new IdentityError(
    "not-stored",
    "the node took the update, and its log lacks it",
    { retryable: true },
  );
}

/** A node may serialise an update again: the content is compared. */
async function stored(
  service: IdentityService,
  { inboxId, contents }: Wanted,
  { limits }: FoldOptions,
  options: CallOptions,
): Promise<boolean> {
  const entries = await service.updates(inboxId, 0n, options);
  return entries.some(({ update }) =>
    equalBytes(encodeUpdate(decodeUpdate(update, limits)), contents),
  );
}
