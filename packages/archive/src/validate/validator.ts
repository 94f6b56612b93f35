import { equals } from "@bufbuild/protobuf";
import { toHex } from "@history-sync/primitives";
import type {
  BackupMetadataSave,
  GroupMessageSave,
  GroupSave,
} from "@history-sync/proto/device-sync";
import {
  type ArchiveManifest,
  ArchiveManifestSchema,
} from "@history-sync/proto/history-sync";
import { bytesKey } from "../bytes-key.js";
import {
  checkConsent,
  checkGroup,
  checkHmacKey,
  checkMessage,
  type SkipReason,
} from "../check-rows.js";
import { decodeElement, type Element } from "../element.js";
import { ArchiveError } from "../errors.js";
import type { FrameLimits } from "../limits.js";
import { originOf } from "../manifest/ids.js";
import { ManifestTally } from "../manifest/manifest-tally.js";
import { IdList } from "./id-list.js";
import type { Problem, ProblemCode, ValidationReport } from "./report.js";

/** The most messages whose ids are remembered: 8 bytes each, 64 MiB at most. */
const maxMessages = 8_388_608;
/** The most conversations, and the most consent records, whose keys are remembered: some 30 MB of each at most. */
const maxKeys = 262_144;
const maxProblems = 100;

/** Checks one frame after the other. */
export class Validator {
  readonly #limits: FrameLimits;
  readonly #groups = new Set<string>();
  readonly #consent = new Set<string>();
  readonly #messages = new IdList(maxMessages);
  readonly #tally = new ManifestTally();
  readonly #problems: Problem[] = [];
  readonly #counts = {
    problemCount: 0,
    frames: 0,
    groups: 0,
    messages: 0,
    consent: 0,
    hmacKeys: 0,
    unknownElements: 0,
  };
  #fault: Problem | undefined;
  #duplicatesChecked = true;
  #metadata: BackupMetadataSave | undefined;
  #manifest: ArchiveManifest | undefined;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** Returns the first problem so far that is more than a row to skip. */
  get fault(): Problem | undefined {
    return this.#fault;
  }

  /** Checks a frame. Returns false if nothing after it can be read. */
  add(frame: Uint8Array): boolean {
    const position = this.#counts.frames;
    try {
      const element = decodeElement(frame, { position, limits: this.#limits });
      if (frame.length > 0 || position === 0) this.#element(element);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      this.#report("bad-frame", "no element");
      return false;
    } finally {
      this.#counts.frames++;
    }
    return true;
  }

  /** Reports the problems that show only after the last frame. */
  end(): void {
    const duplicates = this.#messages.duplicates();
    if (duplicates > 0) {
      this.#atEnd("duplicate", `messages with ids of others: ${duplicates}`);
    }
    if (this.#counts.frames === 0)
      this.#atEnd("no-metadata", "no frame at all");
    if (this.#metadata?.archiveId && !this.#manifest) {
      this.#atEnd(
        "no-manifest",
        "expected the manifest that the metadata promises",
      );
    }
    if (this.#manifest) this.#compareManifest(this.#manifest);
  }

  report(): ValidationReport {
    return {
      valid: this.#counts.problemCount === 0,
      problems: this.#problems,
      ...this.#counts,
      duplicatesChecked: this.#duplicatesChecked,
      metadata: this.#metadata,
      manifest: this.#manifest,
    };
  }

  #element(element: Element): void {
    if (this.#manifest) this.#report("after-manifest", "expected no frame");
    if (this.#counts.frames === 0 && element.case !== "metadata") {
      this.#report("no-metadata", `got ${element.case ?? "another element"}`);
    }
    this.#tally.add(element);
    switch (element.case) {
      case "metadata":
        if (this.#metadata) this.#report("repeated-metadata", "metadata again");
        this.#metadata ??= element.value;
        break;
      case "group":
        this.#group(element.value);
        break;
      case "groupMessage":
        this.#message(element.value);
        break;
      case "consent": {
        const { entityType, entity } = element.value;
        this.#counts.consent++;
        this.#row("consent record", checkConsent(element.value));
        this.#once("consent", this.#consent, `${entityType} ${entity}`);
        break;
      }
      case "hmacKey":
        this.#counts.hmacKeys++;
        this.#row("HMAC key", checkHmacKey(element.value));
        if (this.#counts.hmacKeys > 1) {
          this.#report("duplicate", "a second HMAC key");
        }
        break;
      case "manifest":
        this.#manifest ??= element.value;
        break;
      default:
        this.#counts.unknownElements++;
    }
  }

  #group(group: GroupSave): void {
    this.#counts.groups++;
    this.#row("conversation", checkGroup(group));
    this.#once("conversation", this.#groups, bytesKey(group.id));
  }

  #message(message: GroupMessageSave): void {
    this.#counts.messages++;
    const reason = checkMessage(message);
    this.#row("message", reason);
    if (!this.#messages.add(message.id)) this.#duplicatesChecked = false;
    const isKnown =
      this.#groups.has(bytesKey(message.groupId)) ||
      this.#groups.size >= maxKeys;
    if (!isKnown) {
      this.#report("unknown-conversation", "a message before its conversation");
    }
  }

  #row(what: string, reason: SkipReason | undefined): void {
    if (reason) {
      this.#report("bad-row", `a ${what} that is skipped: ${reason}`, reason);
    }
  }

  #once(what: string, known: Set<string>, key: string): void {
    if (known.has(key)) {
      this.#report("duplicate", `a ${what} that came before`);
    } else if (known.size < maxKeys) {
      known.add(key);
    } else {
      this.#report("too-many", `expected at most ${maxKeys} of ${what}`);
    }
  }

  #compareManifest(manifest: ArchiveManifest): void {
    const counted = this.#tally.manifest(originOf(this.#metadata));
    if (!equals(ArchiveManifestSchema, manifest, counted)) {
      this.#atEnd(
        "manifest-differs",
        `the manifest lists ${listed(manifest)}, the archive has ${listed(counted)}`,
      );
    }
  }

  #report(code: ProblemCode, message: string, reason?: SkipReason): void {
    const position = this.#counts.frames;
    this.#note({
      code,
      position,
      ...(reason ? { reason } : {}),
      message: `frame ${position}: ${message}`,
    });
  }

  #atEnd(code: ProblemCode, message: string): void {
    this.#note({ code, message });
  }

  #note(problem: Problem): void {
    this.#counts.problemCount++;
    if (problem.code !== "bad-row") this.#fault ??= problem;
    const isNew = this.#problems.every(({ code }) => code !== problem.code);
    if (isNew || this.#problems.length < maxProblems) {
      this.#problems.push(problem);
    }
  }
}

function listed({
  messages,
  digest,
  groups,
  consent,
}: ArchiveManifest): string {
  const start = toHex(digest.subarray(0, 4));
  return `${messages} messages (digest ${start}...), ${groups} conversations and ${consent} consent records`;
}
