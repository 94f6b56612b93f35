/** Vite's: the files that a pattern finds, in Node and in a browser. */
interface ImportMeta {
  glob<T>(
    pattern: string,
    options: { readonly eager: true; readonly import: "default" },
  ): Readonly<Record<string, T>>;
}
