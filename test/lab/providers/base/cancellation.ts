/** What must stop when the engine gives up on this process. */
const controller = new AbortController();

export const cancelled: AbortSignal = controller.signal;

export function cancel(): void {
  controller.abort(new Error("the operation was cancelled"));
}

/** An engine that was killed cannot say so; a provider that outlived it would work against the next one. */
export function endWithParent(): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    cancel();
    process.exit(0);
  }, 1000);
  watch.unref();
}
