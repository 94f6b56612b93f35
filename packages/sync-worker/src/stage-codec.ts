import { create } from "@bufbuild/protobuf";
import {
  type InstallationId,
  idBytes,
  installationIdOf,
} from "@history-sync/primitives";
import {
  type StageState,
  StageStateSchema,
  SyncReceiptSchema,
} from "@history-sync/proto/history-sync";
import {
  archiveOf,
  archiveState,
  spooledOf,
  spooledState,
  uploadOf,
  uploadState,
} from "./archive-codec.js";
import { invalidState } from "./errors.js";
import { type DeclineReason, type Stage, uploadIn } from "./sync-request.js";

export function stageState(stage: Stage): StageState {
  const upload = uploadIn(stage);
  return create(StageStateSchema, {
    name: stage.name,
    ...("archive" in stage && { archive: archiveState(stage.archive) }),
    ...(upload && { upload: uploadState(upload) }),
    ...("spooled" in stage && { spooled: spooledState(stage.spooled) }),
    ...("reason" in stage && { reason: stage.reason }),
    ...("by" in stage && { by: idBytes(stage.by) }),
    ...("untilNs" in stage && { untilNs: stage.untilNs }),
    ...("receipt" in stage && { receipt: stage.receipt }),
    ...("told" in stage && { told: stage.told }),
    ...("words" in stage && { words: stage.words }),
  });
}

export function stageOf(state: StageState | undefined): Stage {
  const { told = false, reason = "", words } = state ?? {};
  const archive = archiveOf(state?.archive);
  const receipt = state?.receipt ?? create(SyncReceiptSchema);
  const upload = state?.upload && uploadOf(state.upload);
  const name = state?.name as Stage["name"] | undefined;
  switch (name) {
    case "asking":
    case "requested":
    case "acknowledging":
    case "awaiting-approval":
    case "expired":
      return { name };
    case "importing":
      return { name, archive, by: installationOf(state) };
    case "imported":
      return { name, receipt, by: installationOf(state) };
    case "standing-by":
      return { name, untilNs: state?.untilNs ?? 0n };
    case "preparing":
      return {
        name,
        ...(upload && { begun: upload }),
        ...(state?.spooled && { spooled: spooledOf(state.spooled) }),
      };
    case "uploaded":
      return { name, archive, upload: upload ?? { url: archive.url } };
    case "replied":
      return { name, upload: upload ?? { url: "" } };
    case "answered":
      return { name, by: installationOf(state) };
    case "receipted":
      return { name, receipt };
    case "declined":
      return {
        name,
        reason: declineReason(reason),
        by: installationOf(state),
        ...(words !== undefined && { words }),
        told,
      };
    case "cancelled":
      return { name, told };
    case "failed":
      return { name, reason };
    default:
      throw invalidState("a stage");
  }
}

const declineReasons: ReadonlySet<string> = new Set<DeclineReason>([
  "user",
  "policy",
  "too-many",
  "failed",
]);

function declineReason(text: string): DeclineReason {
  if (!declineReasons.has(text)) throw invalidState("a reason");
  return text as DeclineReason;
}

function installationOf(state: StageState | undefined): InstallationId {
  if (!state?.by) throw invalidState("an installation");
  return installationIdOf(state.by);
}
