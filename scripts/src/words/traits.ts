/** A habit of prose that well-kept code bases of the field hardly have. */
export type Trait = {
  readonly name: string;
  /** The most that eight such code bases have in 10,000 words. */
  readonly allowed: number;
  /** Finds it in prose without inline code. */
  readonly pattern: RegExp;
  /** True if it counts only at the start of a comment. */
  readonly atStart?: boolean;
};

export const traits: readonly Trait[] = [
  {
    name: "comment starts with Who, What, Whether, Which, Whoever",
    allowed: 3,
    pattern: /^(?:Who|What|Whether|Which|Whoever)\b/,
    atStart: true,
  },
  { name: "told, tell, tells", allowed: 9, pattern: /\b(?:told|tells?)\b/gi },
  {
    name: "whoever, whom, whose",
    allowed: 5,
    pattern: /\b(?:whoever|whom|whose)\b/gi,
  },
  { name: "somebody, nobody", allowed: 1, pattern: /\b(?:some|no)body\b/gi },
  {
    name: "stand, stands, stood",
    allowed: 0,
    // "stand by" and "stand-alone" are words of the field.
    pattern: /\b(?:stands?|stood)\b(?! ?-?(?:by|alone)\b)/gi,
  },
  {
    name: "go on, goes on, went on",
    allowed: 0,
    pattern: /\b(?:go|goes|went|gone|going) on\b/gi,
  },
  {
    name: "take in, take over, take up, taken in",
    allowed: 0,
    pattern:
      /\b(?:takes?|taken|took|taking) (?:in|over|up)\b(?! (?:a|the) (?:browser|page|process|row|order)\b)/gi,
  },
  {
    name: "behind (in the background, later)",
    allowed: 2,
    pattern:
      /\bbehind\b(?! (?:a |an |the |its |\d+ )?(?:trusted |reverse )?(?:TLS )?prox)/gi,
  },
  {
    name: "one's own, oneself",
    allowed: 0,
    pattern: /\bone['’]s own\b|\boneself\b/gi,
  },
  { name: "anew", allowed: 1, pattern: /\banew\b/gi },
];

/** Words that the glossary of CONTRIBUTING.md replaces, as parts of identifiers. */
export const refusedIdentifiers: RegExp =
  /\b(?:\w*(?:[Aa]sker|[Aa]nswerer|[Tt]eller|[Ss]urroundings)\w*|are-let-in|make-a-group|moved-on|gave-up|requester-gone|take(?:Request|Reply|Decline|Receipt|Cancel|Acknowledgement)\w*)\b/g;
