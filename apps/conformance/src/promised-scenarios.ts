/** The scenarios that this release promises: each has to pass, straight and, where it can be restarted, with restarts. */
export const PROMISED_SCENARIOS: readonly string[] = [
  ...["WM-01", "WM-02", "WM-04", "WM-05", "WM-07", "WM-08", "WM-10", "WM-11", "WM-12a", "WM-13", "WM-14"],
  ...["WM-16", "WM-17", "WM-18", "WM-21", "WM-22", "WM-26"],
  ...["AG-01", "AG-02", "AG-03", "AG-05", "AG-06", "AG-07", "AG-09", "AG-11", "AG-12", "AG-14", "AG-17"],
  ...["JS-01", "JS-03"],
  ...["ST-01", "ST-02", "ST-04", "ST-05", "ST-07", "ST-08"],
];
