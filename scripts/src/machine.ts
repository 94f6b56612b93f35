import { delimiter } from "node:path";

/** Returns the folders of PATH without those of the workspace: where a user of the packages finds Node.js and npm. */
export function machineFolders(): readonly string[] {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !/node_modules|_npx/.test(folder));
}

/** Returns the environment without the workspace's folders in PATH and without its package manager's settings. */
export function machineEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_/i.test(name),
  );
  return {
    ...Object.fromEntries(own),
    PATH: machineFolders().join(delimiter),
  };
}
