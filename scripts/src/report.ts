/** Prints the problems and sets the exit code to 1, or prints `allWell`. */
export function report(problems: readonly string[], allWell: string): void {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`${problems.length} found`);
    process.exitCode = 1;
  } else {
    console.log(allWell);
  }
}
