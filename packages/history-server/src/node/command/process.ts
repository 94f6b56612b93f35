import { fileURLToPath } from "node:url";

/** How the command is started as a process of its own, by Node. */
export interface CommandProcess {
  /** What requests leave behind is collected when it is as much as what lives, not a multiple; can't be set once Node runs. */
  readonly nodeFlags: readonly string[];
  readonly file: string;
}

/** The `history-server` command; the first line of its file has the same flags. */
export const historyServerProcess: CommandProcess = {
  nodeFlags: ["--max-semi-space-size=1", "--heap-growing-percent=100"],
  file: fileURLToPath(new URL("../main.js", import.meta.url)),
};
