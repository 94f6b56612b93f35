import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ServerKitError } from "./errors.js";

/**
 * Loads the `./node` entry of a package that a command's flag needs and that is installed apart, so that users don't download
 * a client library of a service that they don't use. Looks beside the command first, then from the working directory on.
 *
 * @throws {ServerKitError} `missing-package` where it is not installed.
 */
export async function loadAdapter<Adapter>(
  packageName: string,
  flag: string,
): Promise<Adapter> {
  const entry = `${packageName}/node`;
  const places = [import.meta.url, join(process.cwd(), "package.json")];
  for (const place of places) {
    const path = resolved(entry, place);
    if (path !== undefined) return await import(pathToFileURL(path).href);
  }
  throw new ServerKitError(
    "missing-package",
    `${flag} needs another package: npm install ${packageName}`,
  );
}

/** Returns undefined where the package is not installed. */
function resolved(entry: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(entry);
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    if (code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
