import { delimiter } from "node:path";

/** Folders of PATH that were there before the install: what a user of the packages has, with its own Node and npm settings. */
export function machineFolders(): readonly string[] {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !/node_modules|_npx/.test(folder));
}

/** The environment with nothing of the workspace on PATH, and none of the settings that its package manager passes on. */
export function machineEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_/i.test(name),
  );
  return {
    ...Object.fromEntries(own),
    PATH: machineFolders().join(delimiter),
  };
}
