#!/usr/bin/env node
import { runNode } from "./run-node.js";

process.exitCode = await runNode(process.argv.slice(2), process);
