import { count, plainText, table } from "../table.js";
import type { ArchiveReport } from "./archive-report.js";

const nameWidth = 32;
const idDigits = 12;

/** A report for people. */
export function describe(report: ArchiveReport): string {
  const { metadata, conversations } = report;
  const facts = [
    ["format", report.format ?? "unknown"],
    ["size", `${count(report.bytes)} bytes`],
    ["exported", timeText(metadata.exportedAt, metadata.exportedAtNs)],
    ["asked for", metadata.elements.join(", ") || "nothing"],
    ["after", timeText(metadata.start, metadata.startNs)],
    ["up to", timeText(metadata.end, metadata.endNs)],
    ["elements", countsText(report.elementCounts)],
    ...Object.entries(report.consent).map(([type, states]) => [
      `consent, ${type}`,
      countsText(states),
    ]),
    ["HMAC key", report.hmacKey ? "there" : "none"],
    ["manifest", manifestText(report.manifest)],
  ];
  const head = ["conversation", "name", "type", "messages", "oldest", "newest"];
  const rows = conversations.map(
    ({ id, name, type, messages, oldest, newest }) => [
      id.length > idDigits ? `${id.slice(0, idDigits)}…` : id,
      plainText(name ?? "", nameWidth),
      type ?? "unknown",
      count(messages),
      oldest ?? "",
      newest ?? "",
    ],
  );
  return rows.length === 0
    ? table(facts)
    : `${table(facts)}\n${table([head, ...rows])}`;
}

function timeText(iso: string | null, ns: string | null): string {
  return iso === null ? "any time" : `${iso}  (${ns} ns)`;
}

function manifestText(manifest: ArchiveReport["manifest"]): string {
  if (!manifest) return "none";
  const { groups: group, messages: groupMessage, consent } = manifest;
  return countsText({ group, groupMessage, consent });
}

/** 2 group, 3 groupMessage */
function countsText(counts: Readonly<Record<string, number>>): string {
  const present = Object.entries(counts).filter(([, n]) => n > 0);
  return present.map(([name, n]) => `${count(n)} ${name}`).join(", ") || "none";
}
