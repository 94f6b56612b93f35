import type { InstallationId } from "@history-sync/primitives";
import type { SyncReceipt } from "@history-sync/proto/history-sync";
import { patienceMs, rankOf } from "./election.js";
import type { ReleasePolicy } from "./settings.js";
import {
  type AvailableArchive,
  type DeclineReason,
  type SealedArchive,
  type SpooledArchive,
  type Stage,
  type StageName,
  type StageOf,
  type SyncRequest,
  spooledIn,
  type Upload,
  uploadIn,
} from "./sync-request.js";

/** An event that can change a request's stage. */
export type RequestEvent =
  // Messages of the sync group.
  /** Another installation's request was received. `lacksHistory`: this installation itself waits for the whole history. */
  | { readonly type: "request-received"; readonly lacksHistory: boolean }
  /** The requester has sent more requests than are answered at a time. */
  | { readonly type: "superseded" }
  /** An acknowledgement was recorded. `withinBudget`: the hour's export budget has room. */
  | { readonly type: "acknowledged"; readonly withinBudget: boolean }
  /** A reply to this installation's own request was received. */
  | { readonly type: "reply-received"; readonly reply: AvailableArchive }
  /** Another installation replied to the request. */
  | { readonly type: "reply-seen"; readonly by: InstallationId }
  | {
      readonly type: "decline-received";
      readonly reason: DeclineReason;
      readonly by: InstallationId;
      readonly message?: string;
    }
  /** The installation that had the turn declined, for a reason that doesn't bind others. */
  | { readonly type: "turn-freed" }
  | { readonly type: "receipt-received"; readonly receipt: SyncReceipt }
  | { readonly type: "cancel-received" }
  // Time.
  | { readonly type: "deadline-reached" }
  // Decisions of this installation's user or app.
  | { readonly type: "approve" }
  | { readonly type: "decline"; readonly message?: string }
  | { readonly type: "cancel" }
  /** The app chose an archive again that was imported, or failed, before. */
  | { readonly type: "archive-chosen"; readonly archive: AvailableArchive }
  // Steps that finished.
  | { readonly type: "request-sent" }
  | {
      readonly type: "upload-changed";
      readonly begun?: Upload;
      readonly spooled?: SpooledArchive;
    }
  | {
      readonly type: "archive-uploaded";
      readonly archive: SealedArchive;
      readonly upload: Upload;
    }
  | { readonly type: "reply-sent" }
  | { readonly type: "archive-imported"; readonly receipt: SyncReceipt }
  | { readonly type: "receipt-sent" }
  | { readonly type: "decline-sent" }
  | { readonly type: "cancel-sent" }
  // Steps that failed.
  | StepFailed;

export interface StepFailed {
  readonly type: "step-failed";
  /** The error's code. */
  readonly code: string;
  readonly retryable: boolean;
  /** Another reply to the same request, which can be imported instead. */
  readonly nextReply?: AvailableArchive | undefined;
  /** True if the same history was requested again. */
  readonly requestedAgain?: boolean;
}

export type RequestEventType = RequestEvent["type"];

/** The settings that transitions depend on. */
export interface TransitionRules {
  /** This installation. */
  readonly installationId: InstallationId;
  readonly policy: ReleasePolicy;
  readonly takeoverMs: number;
}

/** Work to do after the new stage is stored. Effects follow from the stage, so a restart derives them again. */
export type Effect =
  /** Stop the request's running step, and start that of its stage. */
  | { readonly type: "restart-step" }
  /** Send the declines that the other installations don't know of. */
  | { readonly type: "send-declines" }
  /** Delete the uploads that the request has left on history servers. */
  | { readonly type: "delete-uploads" }
  /** Remove an archive from the spool. */
  | { readonly type: "remove-spooled"; readonly id: string }
  /** Raise `deadline-reached` at that time; undefined for never. */
  | { readonly type: "set-deadline"; readonly atNs: bigint | undefined };

export interface Transition {
  readonly request: SyncRequest;
  readonly effects: readonly Effect[];
}

/** One arrow of the table: from any of its stages, by an event, to one of `to`. */
interface Rule<Type extends RequestEventType, From extends StageName> {
  readonly to: readonly StageName[];
  /** Returns undefined where the request stays in its stage. */
  next(
    request: SyncRequest & { readonly stage: StageOf<From> },
    event: Extract<RequestEvent, { readonly type: Type }>,
    rules: TransitionRules,
    nowNs: bigint,
  ): Stage | undefined;
}

/** The rules of one event; it changes nothing in the stages that are left out. */
type Row<Type extends RequestEventType> = {
  readonly [From in StageName]?: Rule<Type, From>;
};

const nsPerMs = 1_000_000n;

/** Stages in which this installation hasn't begun to respond. */
function beforePreparing<R>(rule: R) {
  return {
    acknowledging: rule,
    "awaiting-approval": rule,
    "standing-by": rule,
  };
}

/** A rule that leads to one stage whatever the request and the event are. */
function always(stage: Stage) {
  return { to: [stage.name], next: () => stage };
}

const expire = always({ name: "expired" });

const declineTooMany = {
  to: ["declined"],
  next: (
    _request: SyncRequest,
    _event: RequestEvent,
    { installationId }: TransitionRules,
  ): Stage => declined("too-many", installationId),
} as const;

const importReply = {
  to: ["importing"],
  next: (
    _request: SyncRequest,
    { reply }: { readonly reply: AvailableArchive },
  ): Stage => importing(reply),
} as const;

const chooseAgain = {
  to: ["importing"],
  next: (
    { origin }: SyncRequest,
    { archive }: { readonly archive: AvailableArchive },
  ): Stage | undefined =>
    origin === "manual" ? importing(archive) : undefined,
} as const;

const standDown = {
  to: ["answered"],
  next: (
    { role }: SyncRequest,
    { by }: { readonly by: InstallationId },
  ): Stage | undefined =>
    role === "responder" ? { name: "answered", by } : undefined,
} as const;

const respondOrStandBy = {
  to: ["preparing", "declined", "standing-by"],
  next: takeTurn,
} as const;

const acceptUserDecline = {
  to: ["declined"],
  next: (
    _request: SyncRequest,
    event: Extract<RequestEvent, { readonly type: "decline-received" }>,
  ): Stage | undefined =>
    event.reason === "user" ? receivedDecline(event) : undefined,
} as const;

const declineByUser = {
  to: ["declined"],
  next: (
    _request: SyncRequest,
    { message }: { readonly message?: string },
    { installationId }: TransitionRules,
  ): Stage => declined("user", installationId, message),
} as const;

const cancelOwn = {
  to: ["cancelled"],
  next: ({ role }: SyncRequest): Stage | undefined =>
    role === "requester" ? { name: "cancelled", notified: false } : undefined,
} as const;

const acceptReceipt = {
  to: ["receipted"],
  next: (
    _request: SyncRequest,
    { receipt }: { readonly receipt: SyncReceipt },
  ): Stage => ({ name: "receipted", receipt }),
} as const;

const acceptCancel = always({ name: "cancelled", notified: true });

const failUnlessRetryable = {
  to: ["failed"],
  next: (
    _request: SyncRequest,
    { code, retryable }: StepFailed,
  ): Stage | undefined =>
    retryable ? undefined : { name: "failed", reason: code },
} as const;

/**
 * Every way in which a request changes its stage. An event that isn't listed for a stage changes nothing in it: wire
 * messages may be repeated, late or false.
 */
export const transitions: {
  readonly [Type in RequestEventType]: Row<Type>;
} = {
  "request-received": {
    acknowledging: {
      to: ["expired", "declined", "awaiting-approval", "standing-by"],
      next: receive,
    },
  },
  superseded: {
    ...beforePreparing(declineTooMany),
    preparing: declineTooMany,
  },
  acknowledged: {
    acknowledging: respondOrStandBy,
    "standing-by": respondOrStandBy,
    preparing: {
      to: ["standing-by"],
      next: (request, _event, rules, nowNs) =>
        isTurnOf(request, rules.installationId)
          ? undefined
          : standBy(request, rules, nowNs),
    },
    declined: {
      to: ["requested"],
      next: ({ role }) =>
        role === "requester" ? { name: "requested" } : undefined,
    },
  },
  "reply-received": {
    unsent: importReply,
    requested: importReply,
    declined: importReply,
    failed: importReply,
    expired: importReply,
  },
  "reply-seen": {
    ...beforePreparing(standDown),
    declined: standDown,
    preparing: standDown,
  },
  "decline-received": {
    requested: {
      to: ["declined"],
      next: (_request, event) => receivedDecline(event),
    },
    ...beforePreparing(acceptUserDecline),
  },
  "turn-freed": { "standing-by": always({ name: "acknowledging" }) },
  "receipt-received": {
    ...beforePreparing(acceptReceipt),
    preparing: acceptReceipt,
    uploaded: acceptReceipt,
    replied: acceptReceipt,
    answered: acceptReceipt,
    declined: acceptReceipt,
    cancelled: acceptReceipt,
    failed: acceptReceipt,
    expired: acceptReceipt,
  },
  "cancel-received": {
    ...beforePreparing(acceptCancel),
    preparing: acceptCancel,
    uploaded: acceptCancel,
    replied: acceptCancel,
  },
  "deadline-reached": {
    unsent: expire,
    requested: expire,
    acknowledging: expire,
    "awaiting-approval": expire,
    "standing-by": {
      to: ["acknowledging", "expired"],
      next: ({ stage, expiresAtNs }) =>
        expiresAtNs !== undefined && expiresAtNs <= stage.untilNs
          ? { name: "expired" }
          : { name: "acknowledging" },
    },
    uploaded: expire,
    replied: expire,
    declined: {
      to: ["expired"],
      next: ({ role }) =>
        role === "requester" ? { name: "expired" } : undefined,
    },
  },
  approve: { "awaiting-approval": always({ name: "acknowledging" }) },
  decline: {
    ...beforePreparing(declineByUser),
    preparing: declineByUser,
  },
  cancel: {
    unsent: cancelOwn,
    requested: cancelOwn,
    importing: cancelOwn,
    declined: cancelOwn,
  },
  "archive-chosen": { receipted: chooseAgain, failed: chooseAgain },
  "request-sent": { unsent: always({ name: "requested" }) },
  "upload-changed": {
    preparing: {
      to: ["preparing"],
      next: (_request, { begun, spooled }) => ({
        name: "preparing",
        ...(begun && { begun }),
        ...(spooled && { spooled }),
      }),
    },
  },
  "archive-uploaded": {
    preparing: {
      to: ["uploaded"],
      next: (_request, { archive, upload }) => ({
        name: "uploaded",
        archive,
        upload,
      }),
    },
  },
  "reply-sent": {
    uploaded: {
      to: ["replied"],
      next: ({ stage: { upload } }) => ({ name: "replied", upload }),
    },
  },
  "archive-imported": {
    importing: {
      to: ["imported"],
      next: ({ stage: { by } }, { receipt }) => ({
        name: "imported",
        receipt,
        by,
      }),
    },
  },
  "receipt-sent": {
    imported: {
      to: ["receipted"],
      next: ({ stage: { receipt } }) => ({ name: "receipted", receipt }),
    },
  },
  "decline-sent": {
    declined: {
      to: ["declined"],
      next: ({ stage }) => ({ ...stage, notified: true }),
    },
  },
  "cancel-sent": { cancelled: acceptCancel },
  "step-failed": {
    unsent: failUnlessRetryable,
    acknowledging: failUnlessRetryable,
    preparing: {
      to: ["failed"],
      next: (_request, { code }) => ({ name: "failed", reason: code }),
    },
    // The archive is on the server, and perhaps the reply was sent: until the archive expires it can still be.
    uploaded: {
      to: ["failed"],
      next: (_request, { code }) =>
        code === "requester-not-in-inbox"
          ? { name: "failed", reason: code }
          : undefined,
    },
    importing: { to: ["importing", "expired", "failed"], next: afterImport },
  },
};

/**
 * Returns the request after an event, with the effects of the change; undefined where the event changes nothing. It is
 * the only place that decides a request's stage.
 */
export function next(
  request: SyncRequest,
  event: RequestEvent,
  rules: TransitionRules,
  nowNs: bigint,
): Transition | undefined {
  const row = transitions[event.type] as Row<RequestEventType>;
  const rule = row[request.stage.name] as
    | Rule<RequestEventType, StageName>
    | undefined;
  const stage = rule?.next(request as never, event, rules, nowNs);
  if (stage === undefined) return undefined;
  const changed = { ...request, ...leftUpload(request, stage), stage };
  const isOwnStep = stepEvents.has(event.type);
  return { request: changed, effects: effectsOf(changed, request, isOwnStep) };
}

/** Events that a request's own step raises, which then continues by itself. */
const stepEvents: ReadonlySet<RequestEventType> = new Set([
  "request-sent",
  "upload-changed",
  "archive-uploaded",
  "reply-sent",
  "archive-imported",
  "receipt-sent",
  "decline-sent",
  "cancel-sent",
]);

/** Returns true for an event that only the step of the request's current stage may raise. */
export function isStepEvent(type: RequestEventType): boolean {
  return stepEvents.has(type) || type === "step-failed";
}

/** Returns the effects of a request's new stage; all that its stage calls for where it was just added or loaded. */
export function effectsOf(
  request: SyncRequest,
  before?: SyncRequest,
  byOwnStep = false,
): readonly Effect[] {
  const { stage, uploadsToDelete } = request;
  const left = before && spooledIn(before);
  const needsDecline = stage.name === "declined" && !stage.notified;
  return [
    { type: "set-deadline", atNs: deadlineOf(request) },
    ...(uploadsToDelete.length > 0
      ? [{ type: "delete-uploads" } as const]
      : []),
    ...(left !== undefined && left !== spooledIn(request)
      ? [{ type: "remove-spooled", id: left } as const]
      : []),
    ...(byOwnStep ? [] : [{ type: "restart-step" } as const]),
    ...(needsDecline ? [{ type: "send-declines" } as const] : []),
  ];
}

/** The stages in which nothing more is done for a request, but that a reply may still be received for it. */
const finalStages: ReadonlySet<StageName> = new Set([
  "answered",
  "cancelled",
  "declined",
  "expired",
  "failed",
  "receipted",
]);

/** Returns true if no step of this installation follows. */
export function isFinal({ stage }: Pick<SyncRequest, "stage">): boolean {
  return finalStages.has(stage.name);
}

/** Returns true if the event changes requests in this stage. */
export function isExpectedIn(type: RequestEventType, name: StageName): boolean {
  return transitions[type][name] !== undefined;
}

/** Returns the stages in which the event changes a request. */
export function stagesOf(type: RequestEventType): readonly StageName[] {
  return Object.keys(transitions[type]) as StageName[];
}

/** Returns true for a requester that has neither the history nor given it up: a reply is welcome. */
export function awaitsHistory({ role, stage }: SyncRequest): boolean {
  return (
    role === "requester" &&
    (stage.name === "unsent" ||
      stage.name === "requested" ||
      stage.name === "importing")
  );
}

/** Returns true for a requester's request that has its history or was cancelled: replies to it are ignored. */
export function ignoresReplies({ stage }: SyncRequest): boolean {
  return (
    stage.name !== "importing" && !isExpectedIn("reply-received", stage.name)
  );
}

/** Returns the time of the request's next `deadline-reached`, undefined where its stage waits for no time. */
export function deadlineOf(request: SyncRequest): bigint | undefined {
  const { stage, role, expiresAtNs } = request;
  if (!isExpectedIn("deadline-reached", stage.name)) return undefined;
  if (stage.name === "uploaded" || stage.name === "replied") {
    return stage.upload.expiresAtNs;
  }
  if (stage.name === "declined" && role === "responder") return undefined;
  if (stage.name !== "standing-by") return expiresAtNs;
  return expiresAtNs !== undefined && expiresAtNs < stage.untilNs
    ? expiresAtNs
    : stage.untilNs;
}

function receive(
  request: SyncRequest,
  {
    lacksHistory,
  }: Extract<RequestEvent, { readonly type: "request-received" }>,
  rules: TransitionRules,
  nowNs: bigint,
): Stage | undefined {
  const { expiresAtNs } = request;
  if (expiresAtNs !== undefined && expiresAtNs <= nowNs) {
    return { name: "expired" };
  }
  switch (rules.policy) {
    case "never":
      return declined("policy", rules.installationId);
    case "ask":
      return { name: "awaiting-approval" };
    case "auto":
      // An installation that waits for the whole history itself lets those respond first that have it.
      return lacksHistory ? standBy(request, rules, nowNs) : undefined;
  }
}

function takeTurn(
  request: SyncRequest,
  { withinBudget }: Extract<RequestEvent, { readonly type: "acknowledged" }>,
  rules: TransitionRules,
  nowNs: bigint,
): Stage | undefined {
  const { role, responder } = request;
  if (role === "requester" || !responder) return undefined;
  if (!isTurnOf(request, rules.installationId)) {
    return standBy(request, rules, nowNs);
  }
  return withinBudget
    ? { name: "preparing" }
    : declined("too-many", rules.installationId);
}

function isTurnOf(
  { responder }: SyncRequest,
  installationId: InstallationId,
): boolean {
  return responder === undefined || responder.installation === installationId;
}

/** Counts by this installation's clock: one that runs ahead of the node's must not respond at once, again and again. */
function standBy(
  { pin }: SyncRequest,
  { installationId, takeoverMs }: TransitionRules,
  nowNs: bigint,
): Stage {
  const waitMs = patienceMs(takeoverMs, rankOf(installationId, pin));
  return { name: "standing-by", untilNs: nowNs + BigInt(waitMs) * nsPerMs };
}

/** An archive that the app chose is not replaced by another one. */
function afterImport(
  { origin }: SyncRequest,
  { code, nextReply, requestedAgain = false }: StepFailed,
): Stage {
  if (nextReply && origin === "message") return importing(nextReply);
  return requestedAgain && code === archiveGone
    ? { name: "expired" }
    : { name: "failed", reason: code };
}

/** The history server's code for an archive that has expired or was deleted. */
export const archiveGone = "not-found";

/** Returns the stage in which a received archive is imported. */
export function importing({ archive, sender }: AvailableArchive): Stage {
  return { name: "importing", archive, by: sender };
}

function receivedDecline({
  reason,
  by,
  message,
}: Extract<RequestEvent, { readonly type: "decline-received" }>): Stage {
  return {
    name: "declined",
    reason,
    by,
    ...(message !== undefined && message !== "" && { message }),
    notified: true,
  };
}

function declined(
  reason: DeclineReason,
  by: InstallationId,
  message = "",
): Stage {
  return {
    name: "declined",
    reason,
    by,
    ...(message !== "" && { message }),
    notified: false,
  };
}

/** An upload that the new stage doesn't know of is to be deleted. */
function leftUpload(
  { stage, uploadsToDelete }: SyncRequest,
  next: Stage,
): Pick<SyncRequest, "uploadsToDelete"> {
  const upload = uploadIn(stage);
  const isLeft =
    upload?.deletionToken !== undefined && uploadIn(next)?.url !== upload.url;
  return {
    uploadsToDelete: isLeft ? [...uploadsToDelete, upload] : uploadsToDelete,
  };
}
