/** Milliseconds since the Unix epoch, finer than a whole one and the same in all processes of a machine. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** When each thing first happened. */
export class Times<Name extends string> {
  readonly #at = new Map<Name, number>();

  note(name: Name): void {
    if (!this.#at.has(name)) this.#at.set(name, nowMs());
  }

  has(name: Name): boolean {
    return this.#at.has(name);
  }

  at(name: Name): number {
    const at = this.#at.get(name);
    if (at === undefined) throw new RangeError(`expected that "${name}" was`);
    return at;
  }
}
