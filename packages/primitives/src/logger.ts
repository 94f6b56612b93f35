/** Records an event: a fixed name, with counts and ids. It is never given keys, pins, plaintext or an archive's whole URL. */
export type Logger = (
  event: string,
  fields?: Readonly<Record<string, string | number | bigint | boolean>>,
) => void;

/** A logger that records nothing. */
export const silent: Logger = () => {};
