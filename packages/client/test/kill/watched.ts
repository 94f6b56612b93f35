import type { KillSwitch } from "./kill-switch.ts";

/** The names of a port's calls that write something; the others are no points. */
export type CallNames<Port> = {
  readonly [Call in keyof Port]?: Port[Call] extends (
    ...values: infer Values
  ) => Promise<unknown>
    ? (...values: Values) => string
    : never;
};

/** A port with the named calls as points: `before NAME` and `after NAME`. Members of `parts` take the place of its own. */
export function watched<Port extends object>(
  port: Port,
  names: CallNames<Port>,
  kill: KillSwitch,
  parts: Partial<Port> = {},
): Port {
  return new Proxy(port, {
    get(_, key) {
      const part = Reflect.get(parts, key);
      if (part !== undefined) return part;
      const member = Reflect.get(port, key, port);
      if (typeof member !== "function") return member;
      const nameOf = Reflect.get(names, key);
      if (nameOf === undefined) return member.bind(port);
      return async (...values: unknown[]) => {
        const name = nameOf(...values);
        kill.reached(`before ${name}`);
        const result = await member.apply(port, values);
        kill.reached(`after ${name}`);
        return result;
      };
    },
  });
}
