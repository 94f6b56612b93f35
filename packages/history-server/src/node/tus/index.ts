// For adapters that keep uploads of tus elsewhere. Apart from `./node`, because its types are those of `@tus/server`, which
// don't compile for users without `skipLibCheck`.

export { ifAbsent } from "./kept.js";
export { type TusParts, tusUploads } from "./tus-uploads.js";
