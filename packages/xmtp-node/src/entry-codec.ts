import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  type GroupMessage,
  type GroupMessage_V1,
  GroupMessage_V1Schema,
  GroupMessageSchema,
  type WelcomeMessage,
  WelcomeMessageSchema,
} from "@history-sync/proto/mls-api";
import type { Entry } from "./storage/node-storage.js";

/** A group's message is stored as it is given out, but for what the storage knows: its id and its time. */
export function groupMessageBody(
  message: Omit<GroupMessage_V1, "$typeName" | "id" | "createdNs">,
): Uint8Array {
  return toBinary(
    GroupMessage_V1Schema,
    create(GroupMessage_V1Schema, message),
  );
}

export function groupMessageOf({
  id,
  createdAtNs: createdNs,
  body,
}: Entry): GroupMessage {
  const value = fromBinary(GroupMessage_V1Schema, body);
  return create(GroupMessageSchema, {
    version: { case: "v1", value: Object.assign(value, { id, createdNs }) },
  });
}

/** Likewise a Welcome, with its version around it. */
export function welcomeBody(message: WelcomeMessage): Uint8Array {
  return toBinary(WelcomeMessageSchema, message);
}

export function welcomeOf({
  id,
  createdAtNs: createdNs,
  body,
}: Entry): WelcomeMessage {
  const message = fromBinary(WelcomeMessageSchema, body);
  if (message.version.value) {
    Object.assign(message.version.value, { id, createdNs });
  }
  return message;
}
