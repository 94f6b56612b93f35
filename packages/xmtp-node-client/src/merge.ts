/**
 * Yields the items of all sources in the order of their arrival. A source waits until its item is read. Ends when all
 * sources have ended, and throws when one throws. `stop` must end the sources.
 */
export async function* merge<Item>(
  sources: readonly AsyncIterable<Item>[],
  stop: () => void,
): AsyncGenerator<Item, void, undefined> {
  const offers: { readonly item: Item; readonly taken: () => void }[] = [];
  let running = sources.length;
  let failure: { readonly error: unknown } | undefined;
  let stopped = false;
  let wake = () => {};

  const pump = async (source: AsyncIterable<Item>) => {
    try {
      for await (const item of source) {
        if (stopped) return;
        await new Promise<void>((taken) => {
          offers.push({ item, taken });
          wake();
        });
      }
    } catch (error) {
      failure ??= { error };
    } finally {
      running--;
      wake();
    }
  };
  const pumps = sources.map(pump);

  try {
    while (true) {
      const offer = offers.shift();
      if (offer) {
        offer.taken();
        yield offer.item;
      } else if (failure) {
        throw failure.error;
      } else if (running === 0) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stopped = true;
    stop();
    for (const { taken } of offers) taken();
    await Promise.all(pumps);
  }
}
