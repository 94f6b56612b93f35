/** Limits of a reader of updates. */
export interface IdentityLimits {
  readonly maxUpdateBytes: number;
  readonly maxActions: number;
}

/** Generous: the largest updates revoke a handful of installations, or carry a contract's signature of some kilobytes. */
export const defaultIdentityLimits: IdentityLimits = {
  maxUpdateBytes: 1_048_576,
  maxActions: 1000,
};

/** As many updates as a node keeps for one inbox. */
export const maxLogEntries = 256;

/** As many installations as an inbox may have when another one registers. */
export const maxInstallations = 10;
