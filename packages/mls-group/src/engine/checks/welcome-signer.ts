import { MlsGroupError } from "../../errors.js";
import type { Member } from "../../ports/authentication-service.js";
import type { KeyPackageRecord } from "../../ports/group-state-store.js";
import { keyPackageOf } from "../codec.js";
import { leafAt, memberOf } from "../leaves.js";
import {
  type CiphersuiteImpl,
  type ClientState,
  decryptGroupInfo,
  decryptGroupSecrets,
  makeKeyPackageRef,
  type Welcome,
} from "../ts-mls.js";

/**
 * Returns the member that signed the Welcome's GroupInfo (RFC 9420 section 12.4.3.1). `joined` is the state
 * that came of the Welcome: the engine has checked the signature, but doesn't return its signer.
 */
export async function welcomeSigner(
  welcome: Welcome,
  keyPackage: Pick<KeyPackageRecord, "bytes" | "initPrivateKey">,
  joined: Pick<ClientState, "ratchetTree">,
  suite: CiphersuiteImpl,
): Promise<Member> {
  const ref = await makeKeyPackageRef(
    keyPackageOf(keyPackage.bytes),
    suite.hash,
  );
  const key = await suite.hpke.importPrivateKey(keyPackage.initPrivateKey);
  const secrets = await decryptGroupSecrets(key, ref, welcome, suite.hpke);
  if (!secrets) throw unsigned();
  // Welcomes with a PSK were refused before.
  const noPsk = new Uint8Array(suite.kdf.size);
  const { joinerSecret } = secrets;
  const info = await decryptGroupInfo(welcome, joinerSecret, noPsk, suite);
  joinerSecret.fill(0);
  const leaf = info && leafAt(joined, info.signer);
  if (leaf) return memberOf(leaf);
  throw unsigned();
}

function unsigned(): MlsGroupError {
  return new MlsGroupError(
    "invalid-welcome",
    "expected a Welcome that a member signed, got none",
  );
}
