/** Prints the problems and leaves with 1, or says what was found to be well. */
export function report(problems: readonly string[], allWell: string): void {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`${problems.length} found`);
    process.exitCode = 1;
  } else {
    console.log(allWell);
  }
}
