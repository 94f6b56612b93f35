import type { RandomBytes } from "@history-sync/primitives";

const words =
  `the of and to a in is it you that he was for on are with as I his they be at one have this from or had by not but what
  some we can out other were all there when up use your how said an each she which do their time if will way about many
  then them write would like so these her long make thing see him two has look more day could go come did number sound no
  most people my over know water than call first who may down side been now find any new work part take get place made
  live where after back little only round man year came show every good me give our under name very through just form
  sentence great think say help low line differ turn cause much mean before move right boy old too same tell does set
  three want air well also play small end put home read hand port large spell add even land here must big high such
  follow act why ask men change went light kind off need house picture try us again animal point mother world near
  build self earth father head stand own page should country found answer school grow study still learn plant cover
  food sun four between state keep eye never last let thought city tree cross farm hard start might story saw far sea
  draw left late run while press close night real life few north open seem together next white children begin got walk
  example ease paper group always music those both mark often letter until mile river car feet care second book carry
  took science eat room friend began idea fish mountain stop once base hear horse cut sure watch color face wood main
  okay yeah lol thanks tomorrow tonight lunch coffee maybe sorry great awesome 👍 😂 ❤️ train later soon meeting dinner`.split(
    /\s+/,
  );

/** Makes chat texts of various lengths, in which a few words are far more common than others. */
export class ChatText {
  readonly #random: RandomBytes;
  readonly #meanBytes: number;

  constructor(random: RandomBytes, meanBytes: number) {
    this.#random = random;
    this.#meanBytes = meanBytes;
  }

  next(): string {
    // Between a tenth of the mean and nearly twice the mean.
    const length = Math.ceil(this.#meanBytes * (0.1 + 1.8 * this.#share()));
    let text = "";
    while (text.length < length) {
      // Zipf's law: the nth word of the list has a frequency proportional to 1/n.
      const rank = Math.floor(words.length ** this.#share());
      text += `${words[rank - 1]} `;
    }
    return text.trimEnd();
  }

  /** Returns a number from 0 inclusive to 1 exclusive. */
  #share(): number {
    const [high = 0, low = 0] = this.#random(2);
    return (high * 256 + low) / 65_536;
  }
}
