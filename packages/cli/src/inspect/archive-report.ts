import { ArchiveError, type Element } from "@history-sync/archive";
import type { ArchiveFormat } from "@history-sync/encryption-codec";
import { toHex } from "@history-sync/primitives";
import {
  BackupElementSchema,
  type BackupMetadataSave,
  type ConsentSave,
} from "@history-sync/proto/device-sync";
import type { ArchiveManifest } from "@history-sync/proto/history-sync";
import type { ArchiveFile } from "../archive-file.js";
import {
  type ConversationReport,
  ConversationTally,
} from "./conversation-tally.js";
import { consentStateName, consentTypeName, selectionName } from "./names.js";
import { isoText, nsText } from "./times.js";

/** The output of `inspect --json`. It contains no message texts and no keys. */
export interface ArchiveReport {
  readonly format: ArchiveFormat | null;
  readonly bytes: number;
  readonly metadata: MetadataReport;
  /** Elements by kind, named as in the JSON of a `BackupElement`; `unknown` are those of other versions. */
  readonly elementCounts: Readonly<Record<string, number>>;
  readonly conversations: readonly ConversationReport[];
  /** Counts of records by entity type ("conversation", "inbox"), then by state ("allowed", "denied", "unknown"). */
  readonly consent: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** True if the archive has an HMAC key. */
  readonly hmacKey: boolean;
  /** The contents by the archive's last element. */
  readonly manifest: ManifestReport | null;
}

interface MetadataReport {
  /** The requested elements: "messages", "consent". */
  readonly elements: readonly string[];
  /** Nanoseconds since the Unix epoch, like every `Ns`; the field after it is the same in ISO 8601. */
  readonly exportedAtNs: string | null;
  readonly exportedAt: string | null;
  /** Exclusive; null for no limit. */
  readonly startNs: string | null;
  readonly start: string | null;
  /** Inclusive; null for no limit. */
  readonly endNs: string | null;
  readonly end: string | null;
  /** Of archives that end with a manifest, in hex. */
  readonly archiveId: string | null;
  /** The exporting installation by the archive's metadata, in hex. */
  readonly installationId: string | null;
}

interface ManifestReport {
  readonly archiveId: string | null;
  readonly groups: number;
  readonly consent: number;
  readonly messages: number;
  /** Conversations that have messages. */
  readonly conversations: number;
}

/** Reads the whole archive. Throws as `ArchiveFile.elements` does, and `no-metadata`. */
export async function reportOn(file: ArchiveFile): Promise<ArchiveReport> {
  const tally = new ArchiveTally();
  for await (const element of file.elements()) tally.add(element);
  return { format: file.format ?? null, bytes: file.bytes, ...tally.report() };
}

class ArchiveTally {
  readonly #counts: Record<string, number> = emptyCounts();
  readonly #conversations = new ConversationTally();
  readonly #consent = {
    conversation: { allowed: 0, denied: 0, unknown: 0 },
    inbox: { allowed: 0, denied: 0, unknown: 0 },
  } as Record<string, Record<string, number>>;
  #metadata: BackupMetadataSave | undefined;
  #manifest: ArchiveManifest | undefined;

  add(element: Element): void {
    if (!this.#metadata && element.case !== "metadata") {
      throw noMetadata(element.case ?? "an unknown element");
    }
    count(this.#counts, element.case ?? "unknown");
    switch (element.case) {
      case "metadata":
        this.#metadata ??= element.value;
        break;
      case "group":
        this.#conversations.addGroup(element.value);
        break;
      case "groupMessage":
        this.#conversations.addMessage(element.value);
        break;
      case "consent":
        this.#addConsent(element.value);
        break;
      case "manifest":
        this.#manifest = element.value;
        break;
    }
  }

  report(): Omit<ArchiveReport, "format" | "bytes"> {
    if (!this.#metadata) throw noMetadata("no element at all");
    return {
      metadata: metadataReport(this.#metadata),
      elementCounts: this.#counts,
      conversations: this.#conversations.report(),
      consent: this.#consent,
      hmacKey: (this.#counts.hmacKey ?? 0) > 0,
      manifest: this.#manifest ? manifestReport(this.#manifest) : null,
    };
  }

  #addConsent({ entityType, state }: ConsentSave): void {
    const type = consentTypeName(entityType);
    const states = this.#consent[type] ?? {};
    this.#consent[type] = states;
    count(states, consentStateName(state));
  }
}

/** Every kind of element, with none of it. */
function emptyCounts(): Record<string, number> {
  const kinds = BackupElementSchema.fields.map(({ localName }) => localName);
  return Object.fromEntries([...kinds, "unknown"].map((kind) => [kind, 0]));
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function metadataReport(metadata: BackupMetadataSave): MetadataReport {
  return {
    elements: metadata.elements.map(selectionName),
    exportedAtNs: nsText(metadata.exportedAtNs),
    exportedAt: isoText(metadata.exportedAtNs),
    startNs: nsText(metadata.startNs),
    start: isoText(metadata.startNs),
    endNs: nsText(metadata.endNs),
    end: isoText(metadata.endNs),
    archiveId: hexOrNull(metadata.archiveId),
    installationId: hexOrNull(metadata.installationId),
  };
}

function manifestReport(manifest: ArchiveManifest): ManifestReport {
  return {
    archiveId: hexOrNull(manifest.archiveId),
    groups: manifest.groups,
    consent: manifest.consent,
    messages: manifest.messages,
    conversations: manifest.conversations.length,
  };
}

function hexOrNull(bytes: Uint8Array | undefined): string | null {
  return bytes ? toHex(bytes) : null;
}

function noMetadata(got: string): ArchiveError {
  return new ArchiveError(
    "no-metadata",
    `first element: expected the archive's metadata, got ${got}`,
  );
}
