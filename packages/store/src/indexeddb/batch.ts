/**
 * The results of many requests of one transaction. They are answered in their order, so that only the last is listened
 * to: a promise for each takes as long as the request itself.
 */
export function resultsOf<Result>(
  requests: readonly IDBRequest<Result>[],
): Promise<readonly Result[]> {
  const last = requests.at(-1);
  if (!last) return Promise.resolve([]);
  return new Promise((resolve, reject) => {
    last.onsuccess = () => resolve(requests.map(({ result }) => result));
    // One that fails takes the transaction with it, and all that follow.
    last.onerror = () => reject(last.error);
  });
}
