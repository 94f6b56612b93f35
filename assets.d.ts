/** A binary fixture as a data URL: `await (await fetch(url)).bytes()` reads it in Node and in a browser. */
declare module "*.xmtp?inline" {
  const dataUrl: string;
  export default dataUrl;
}
