import type { Clock } from "@history-sync/primitives";
import { AddressConcurrency, AddressRates } from "@history-sync/server-kit";
import { HistoryServerError } from "../errors.js";

/** The limits for one address (an IPv4 address or an IPv6 /64) and for all addresses together. */
export interface AddressLimitOptions {
  /** Requests of all kinds from one address; a minute's worth may come at once. Default: unlimited. */
  readonly requestsPerMinute?: number | undefined;
  /** Uploads at a time from one address. Default: unlimited. */
  readonly uploadsPerAddress?: number | undefined;
  /** Uploads at a time in all. Default: unlimited. */
  readonly uploadsAtOnce?: number | undefined;
}

export interface AddressLimits {
  /** @throws {HistoryServerError} `rate-limited` */
  request(address: string): void;
  /**
   * Counts an upload until the returned function is called.
   *
   * @throws {HistoryServerError} `rate-limited`
   */
  upload(address: string): () => void;
}

export function addressLimits(
  options: AddressLimitOptions,
  clock: Clock,
): AddressLimits {
  const { uploadsPerAddress: perAddress, uploadsAtOnce: total } = options;
  const { requestsPerMinute = Number.POSITIVE_INFINITY } = options;
  const rates = new AddressRates(requestsPerMinute, clock);
  const uploads = new AddressConcurrency({ perAddress, total });
  return {
    request(address) {
      if (rates.tryAcquire(address)) return;
      throw limited(`${requestsPerMinute} requests a minute`);
    },
    upload(address) {
      const release = uploads.acquire(address);
      if (release === "per-address") {
        throw limited(`${perAddress} uploads at once`);
      }
      if (release === "total") throw limited(`${total} uploads in all`);
      return release;
    },
  };
}

function limited(limit: string): HistoryServerError {
  return new HistoryServerError("rate-limited", `expected at most ${limit}`, {
    retryable: true,
  });
}
