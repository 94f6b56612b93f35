import type { InstallationId } from "@history-sync/primitives";
import { sha256 } from "@noble/hashes/sha2.js";

// 48 bits: a pin that leads to another request's words can't be found while a user compares them.
const wordCount = 6;

/**
 * Returns the six words that requester and responder both show, so that their user can compare them before history is
 * released. They are derived from the two installations and the request's pin.
 */
export function comparisonWords(
  pin: string,
  requester: InstallationId,
  responder: InstallationId,
): readonly string[] {
  const text = `history_sync words ${requester} ${responder} ${pin}`;
  const hash = sha256(new TextEncoder().encode(text));
  return [...hash.subarray(0, wordCount)].map((byte) => wordList[byte] ?? "");
}

// 256 short words that sound unlike each other, one for each byte.
const wordList: readonly string[] = (
  "acorn actor alarm album amber anchor angel apple april apron arena armor arrow atlas " +
  "attic aunt autumn badge bagel baker bamboo banana banjo barn basil basket beach beaver " +
  "bell bench berry bike bird biscuit blanket boat bonfire book boot bottle bread brick " +
  "bridge broom brush bucket bus butter button cabin cactus cake camel camera candle canoe " +
  "canyon captain carpet carrot castle cat cave cedar cello chair chalk cheese cherry chess " +
  "circus clock cloud clover coach coat cobra coffee comet compass copper coral cotton cousin " +
  "crab cradle crane crayon crown cube curtain daisy dancer deer desert diamond dinner doctor " +
  "dolphin donkey door dragon drum duck eagle earth easel echo egg elbow engine fabric " +
  "falcon farmer feather fence ferry fiddle finger flag flame flute forest fork fossil fountain " +
  "fox frog galaxy garden garlic gate ginger giraffe glacier glass glove goat gold grape " +
  "guitar hammer harbor harp hat hawk hazel hedge helmet heron honey horse hotel house " +
  "igloo iron island ivory jacket jaguar jelly jewel judge jungle kayak kettle kitchen kite " +
  "ladder lagoon lake lamp lantern lemon leopard letter lily lion lizard llama lobster magnet " +
  "mango maple marble market meadow medal melon mirror monkey moon mountain mouse museum nail " +
  "napkin needle nest night nurse oak oasis ocean olive onion opera orange orchid otter " +
  "owl oyster paddle palace panda paper parade parrot peach pearl pebble pencil pepper piano " +
  "picnic pillow pilot pirate planet plum pocket poem pond poppy potato prince puzzle quartz " +
  "queen rabbit radio rain raven ribbon river robin rocket rose saddle salmon school shadow " +
  "silver spider stone tiger"
).split(" ");
