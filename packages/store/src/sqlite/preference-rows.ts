import { create } from "@bufbuild/protobuf";
import {
  type ConsentSave,
  ConsentSaveSchema,
  type HmacKeySave,
  HmacKeySaveSchema,
} from "@history-sync/proto/device-sync";
import {
  bytes,
  encodeUnknown,
  integer,
  type RowCodec,
  text,
  withUnknown,
} from "./row-codec.js";

export const consentRow: RowCodec<ConsentSave> = {
  encode: (consent) => ({
    entity_type: consent.entityType,
    entity: consent.entity,
    state: consent.state,
    consented_at_ns: consent.consentedAtNs,
    unknown: encodeUnknown(ConsentSaveSchema, consent),
  }),
  decode: (columns) => {
    const consent = create(ConsentSaveSchema, {
      entityType: Number(columns.entity_type),
      entity: text(columns.entity),
      state: Number(columns.state),
      consentedAtNs: integer(columns.consented_at_ns),
    });
    return withUnknown(ConsentSaveSchema, consent, columns.unknown);
  },
};

export const hmacKeyRow: RowCodec<HmacKeySave> = {
  encode: (hmacKey) => ({
    one: 1,
    key: hmacKey.key,
    cycled_at_ns: hmacKey.cycledAtNs,
    unknown: encodeUnknown(HmacKeySaveSchema, hmacKey),
  }),
  decode: (columns) => {
    const hmacKey = create(HmacKeySaveSchema, {
      key: bytes(columns.key),
      cycledAtNs: integer(columns.cycled_at_ns),
    });
    return withUnknown(HmacKeySaveSchema, hmacKey, columns.unknown);
  },
};
