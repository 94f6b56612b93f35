import { HistorySyncError } from "@history-sync/primitives";

/**
 * - `wrong-inbox`: the store belongs to another inbox than the signer; open the signer's own store, or an empty one.
 * - `installation-revoked`: the user took this installation out of the inbox; only a new store makes a new one.
 * - `device-sync-disabled`: the client was made with `disableDeviceSync`; make it without.
 */
export type ClientErrorCode =
  | "wrong-inbox"
  | "installation-revoked"
  | "device-sync-disabled";

export class ClientError extends HistorySyncError<ClientErrorCode> {}
