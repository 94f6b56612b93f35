import { fileURLToPath } from "node:url";

/** How the command is started as a process of its own, by Node. */
export interface CommandProcess {
  /** With them the garbage of small requests stays a few dozen MB; can't be set once Node runs. */
  readonly nodeFlags: readonly string[];
  readonly file: string;
}

/** The `history-server` command; the first line of its file has the same flags. */
export const historyServerProcess: CommandProcess = {
  nodeFlags: ["--max-semi-space-size=4", "--heap-growing-percent=100"],
  file: fileURLToPath(new URL("../main.js", import.meta.url)),
};
