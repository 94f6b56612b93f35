import { concatBytes, toHex } from "@history-sync/primitives";
import { unsafeSeededBytes } from "@history-sync/primitives/testing";

const words =
  `the be to of and a in that have it for not on with he as you do at this but his by from they we say her she
or an will my one all would there their what so up out if about who get which go me when make can like time no just him
know take people into year your good some could them see other than then now look only come its over think also back after
use two how our work first well way even new want because any these give day most us tomorrow dinner train ticket weekend
coffee thanks great sorry really maybe photo meeting late home soon call later birthday mum keys garden doctor holiday
price rain yesterday lol ok yes hello morning night please question answer station bike project deadline lunch`.split(
    /\s+/,
  );

export interface ChatOptions {
  readonly seed?: number;
  /** A text that every message ends with. */
  readonly suffix?: string;
}

/** Messages in chat-like language, serialised about as XMTP does: some 350 bytes each, the same in every run. */
export function* chat(
  count: number,
  { seed = 1, suffix = "" }: ChatOptions = {},
): Generator<Uint8Array, void, undefined> {
  const random = unsafeSeededBytes(seed);
  const groups = Array.from({ length: 50 }, () => random(16));
  const senders = Array.from({ length: 20 }, () => ({
    installation: random(32),
    inbox: text(toHex(random(32))),
  }));
  let sentAtNs = 1_750_000_000_000_000_000n;
  for (let i = 0; i < count; i++) {
    const choice = random(32);
    const [pick = 0, who = 0, howLong = 0, pause = 0, wait = 0] = choice;
    // Conversations come in bursts.
    const group = groups[(pick < 40 ? pick : (i >> 4) * 7) % groups.length];
    const sender = senders[who % 4 === 0 ? who % 20 : (i >> 5) % 20];
    if (!group || !sender) continue;
    sentAtNs += BigInt(pause * 256 + wait) * 1_000_003n;
    const body = `${sentence(choice.subarray(5, 8 + (howLong >> 4)), howLong)}${suffix}`;
    const content = message(
      field(1, message(field(1, text("xmtp.org")), field(2, text("text")))),
      field(2, message(field(1, text("encoding")), field(2, text("UTF-8")))),
      field(4, text(body)),
    );
    const saved = message(
      field(1, random(32)),
      field(2, group),
      field(3, content),
      concatBytes(varint(4n << 3n), varint(sentAtNs)),
      field(6, sender.installation),
      field(7, sender.inbox),
      field(12, text("xmtp.org")),
      field(16, text("text")),
    );
    yield field(3, saved);
  }
}

/** Two bytes a word, common words more often. */
function sentence(choice: Uint8Array, howLong: number): string {
  const parts: string[] = [];
  for (const [i, byte] of choice.entries()) {
    const at = Math.floor(((byte * byte) / 65_536) * words.length + i * 3);
    parts.push(words[at % words.length] ?? "");
  }
  return `${parts.join(" ")}${howLong % 3 === 0 ? "?" : "."}`;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function message(...fields: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...fields);
}

/** A length-delimited protobuf field. */
function field(number: number, value: Uint8Array): Uint8Array {
  return concatBytes(
    varint((BigInt(number) << 3n) | 2n),
    varint(BigInt(value.length)),
    value,
  );
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Uint8Array.of(...bytes, Number(rest));
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
