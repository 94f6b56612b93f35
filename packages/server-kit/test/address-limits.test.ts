import { ManualClock } from "@history-sync/primitives/testing";
import { expect, test } from "vitest";
import { AddressConcurrency, AddressRates, networkOf } from "../src/index.js";

test("networkOf returns the same network for all addresses of one subscriber", () => {
  const table = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["unknown", "unknown"],
  ] as const;
  for (const [address, network] of table) {
    expect(networkOf(address)).toBe(network);
  }
});

test("AddressRates admits a minute's worth, then as much as the time that passes", () => {
  const clock = new ManualClock();
  const rates = new AddressRates(3, clock);
  const admitted = () => rates.tryAcquire("192.0.2.1");
  expect([admitted(), admitted(), admitted(), admitted()]).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(rates.tryAcquire("192.0.2.2")).toBe(true);
  clock.advance(20_000);
  expect([admitted(), admitted()]).toEqual([true, false]);
});

test("AddressRates remembers a bounded number of addresses, and the latest of them", () => {
  const rates = new AddressRates(1, new ManualClock());
  expect(rates.tryAcquire("10.0.0.0")).toBe(true);
  expect(rates.tryAcquire("10.0.0.0")).toBe(false);
  for (let i = 0; i < 100_000; i++) rates.tryAcquire(`x${i}`);
  expect(rates.tryAcquire("10.0.0.0")).toBe(true);
  expect(rates.tryAcquire("x99999")).toBe(false);
});

test("AddressConcurrency counts by address and in all until a place is released", () => {
  const places = new AddressConcurrency({ perAddress: 1, total: 2 });
  const first = places.acquire("2001:db8::1");
  expect(places.acquire("2001:db8::2")).toBe("per-address");
  expect(places.acquire("192.0.2.1")).toBeTypeOf("function");
  expect(places.acquire("192.0.2.2")).toBe("total");
  if (typeof first !== "function") throw new TypeError("a place");
  first();
  first();
  expect(places.acquire("192.0.2.2")).toBeTypeOf("function");
  expect(places.acquire("192.0.2.3")).toBe("total");
});
