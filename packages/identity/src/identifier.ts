import type { InstallationId } from "@history-sync/primitives";
import { IdentityError } from "./errors.js";

/** An owner or recovery identifier of an inbox: a wallet's address, or a passkey. */
export interface Identifier {
  readonly kind: "ethereum" | "passkey";
  /** `0x` and 40 lower-case hex digits, or a P-256 key (SEC1) in lower-case hex. */
  readonly identifier: string;
  /** Of a passkey: the site it was made for. It travels along and says nothing about who it is. */
  readonly relyingParty?: string;
}

/** An installation as a member of an inbox. */
export interface InstallationIdentifier {
  readonly kind: "installation";
  readonly identifier: InstallationId;
}

/** The identifier of a member: a wallet address, a passkey's public key or an installation id. */
export type MemberIdentifier = Identifier | InstallationIdentifier;

/**
 * Returns the identifier of a wallet, from its address in either case.
 *
 * @throws {IdentityError} `invalid-identifier`
 */
export function ethereum(address: string): Identifier {
  return checked({ kind: "ethereum", identifier: address.toLowerCase() });
}

/**
 * Returns the identifier of a passkey, from its P-256 key (SEC1) in hex of either case.
 *
 * @throws {IdentityError} `invalid-identifier`
 */
export function passkey(key: string, relyingParty?: string): Identifier {
  const identifier = key.toLowerCase();
  return checked({
    kind: "passkey",
    identifier,
    ...(relyingParty === undefined ? {} : { relyingParty }),
  });
}

/** Returns the identifier of an installation as a member of its inbox. */
export function installation(id: InstallationId): InstallationIdentifier {
  return { kind: "installation", identifier: id };
}

/** Equal for equal members, whatever site a passkey was made for. */
export function memberKey(member: MemberIdentifier): string {
  return `${member.kind} ${member.identifier}`;
}

/** Returns true if both identifiers name one member. */
export function sameMember(a: MemberIdentifier, b: MemberIdentifier): boolean {
  return a.kind === b.kind && a.identifier === b.identifier;
}

const forms: Readonly<Record<MemberIdentifier["kind"], RegExp>> = {
  ethereum: /^0x[0-9a-f]{40}$/,
  // SEC1: a compressed or an uncompressed point.
  passkey: /^(0[23][0-9a-f]{64}|04[0-9a-f]{128})$/,
  installation: /^[0-9a-f]{64}$/,
};

/** Gives back an identifier in its one accepted form, or throws `invalid-identifier`. */
export function checked<T extends MemberIdentifier>(member: T): T {
  if (forms[member.kind]?.test(member.identifier)) return member;
  throw new IdentityError(
    "invalid-identifier",
    `expected ${member.kind === "ethereum" ? "0x and 40 hex digits" : `the hex of a key of kind ${member.kind}`}, got ${member.identifier.length} characters`,
  );
}
