import assert from "node:assert/strict";
import { daysUntil, today } from "../../components/topology";

describe("days", () => {
  it("are counted over months, leap days and years, and backwards below zero", () => {
    assert.equal(daysUntil("2026-12-31", "2026-11-01"), 60);
    assert.equal(daysUntil("2028-03-01", "2028-02-28"), 2);
    assert.equal(daysUntil("2027-01-01", "2026-01-01"), 365);
    assert.equal(daysUntil("2026-11-22", "2026-11-22"), 0);
    assert.equal(daysUntil("2026-11-21", "2026-11-22"), -1);
  });

  it("are whole where clocks are put forward and back", () => {
    assert.equal(daysUntil("2026-03-30", "2026-03-28"), 2);
    assert.equal(daysUntil("2026-10-26", "2026-10-24"), 2);
  });

  it("are those of UTC, whatever the zone of the machine", () => {
    const { TZ } = process.env;
    const { format } = new Intl.DateTimeFormat("en-CA", { timeZone: "UTC" });
    try {
      // At any time it is another day than that of UTC in one of the two.
      for (const zone of ["Pacific/Kiritimati", "Pacific/Niue"]) {
        process.env.TZ = zone;
        const [before, day, after] = [format(new Date()), today(), format(new Date())];
        assert.ok([before, after].includes(day), `${day} in ${zone}`);
      }
    } finally {
      if (TZ === undefined) delete process.env.TZ;
      else process.env.TZ = TZ;
    }
  });
});
