/** Takes a fixed event name with counts and ids; never keys, pins, plaintext or an archive's whole URL. */
export type Logger = (
  event: string,
  fields?: Readonly<Record<string, string | number | bigint | boolean>>,
) => void;

export const silent: Logger = () => {};
