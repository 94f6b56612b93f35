import type { StageName } from "../src/request/sync-request.js";
import { transitions } from "../src/request/transitions.js";

const ofEither = ["receipted", "declined", "cancelled", "failed", "expired"];
const ofRole: Readonly<Record<string, readonly string[]>> = {
  requester: ["unsent", "requested", "importing", "imported"],
  responder: [
    "acknowledging",
    "standing-by",
    "awaiting-approval",
    "preparing",
    "uploaded",
    "replied",
    "answered",
  ],
};

/** Prints the transitions of one role as a Mermaid diagram. */
export function diagramOf(role: "requester" | "responder"): string {
  const own = ofRole[role] ?? [];
  const isShown = (from: string, to: string) =>
    own.includes(from) && [...own, ...ofEither].includes(to) && from !== to;
  const arrows = new Map<string, string[]>();
  for (const [event, row] of Object.entries(transitions)) {
    for (const [from, rule] of Object.entries(row)) {
      for (const to of rule.to as readonly StageName[]) {
        if (!isShown(from, to)) continue;
        const arrow = `${from} --> ${to}`;
        arrows.set(arrow, [...(arrows.get(arrow) ?? []), event]);
      }
    }
  }
  const lines = [...arrows].map(
    ([arrow, events]) =>
      `  ${arrow.replaceAll(/(?<=\w)-(?=\w)/g, "_")}: ${events.join(", ")}`,
  );
  return ["```mermaid", "stateDiagram-v2", ...lines.sort(), "```"].join("\n");
}
