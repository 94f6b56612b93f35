import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type BackupElement,
  BackupElementSchema,
} from "@history-sync/proto/device-sync";
import { decodeMessageFrame } from "./element-decoder.js";
import { ArchiveError } from "./errors.js";
import { defaultFrameLimits, type FrameLimits } from "./limits.js";

/** The content of a frame; `{ case: undefined }` for an element that this version doesn't know. */
export type Element = BackupElement["element"];

/** Encodes an element as the bytes of one frame. */
export function encodeElement(element: Element): Uint8Array<ArrayBuffer> {
  return toBinary(
    BackupElementSchema,
    create(BackupElementSchema, { element }),
  );
}

/**
 * Decodes one frame. Fields that this version doesn't know are kept in their row.
 *
 * @param options `position`: the frame's number in the archive, from 0, for the error
 * @throws {ArchiveError} `bad-frame`, `frame-too-large`
 *
 * @example
 * ```ts
 * import { decodeElement } from "@history-sync/archive";
 *
 * export function isMessage(frame: Uint8Array, position: number): boolean {
 *   return decodeElement(frame, { position }).case === "groupMessage";
 * }
 * ```
 */
export function decodeElement(
  frame: Uint8Array,
  options: { readonly position: number; readonly limits?: FrameLimits },
): Element {
  const { position, limits = defaultFrameLimits } = options;
  if (frame.length > limits.maxFrameBytes) {
    throw new ArchiveError(
      "frame-too-large",
      `frame ${position}: expected at most ${limits.maxFrameBytes} bytes, got ${frame.length}`,
    );
  }
  const message = decodeMessageFrame(frame);
  if (message) return { case: "groupMessage", value: message };
  try {
    return fromBinary(BackupElementSchema, frame).element;
  } catch (cause) {
    throw new ArchiveError(
      "bad-frame",
      `frame ${position}: its ${frame.length} bytes are no backup element`,
      { cause },
    );
  }
}
