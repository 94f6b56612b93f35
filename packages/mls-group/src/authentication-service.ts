/** Says who a member is (RFC 9750 section 4). */
export interface AuthenticationService {
  /**
   * Whether the owner of the credential vouches for the key. Asked for every leaf that joins a group.
   * `identity` is that of a basic credential, `signatureKey` an Ed25519 public key of 32 bytes.
   * To throw means "can't say now": the message is then kept for later, not refused.
   */
  validate(identity: Uint8Array, signatureKey: Uint8Array): Promise<boolean>;
}
