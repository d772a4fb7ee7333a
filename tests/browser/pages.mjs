// Every page, by the name its screenshots have.
export const pages = (fixtures) => ({
  overview: "/",
  search: "/search?q=%E6%89%BF%E8%AF%BA",
  "search-nothing": "/search?q=%E8%BF%99%E5%8F%A5%E8%AF%9D%E6%B2%A1%E6%9C%89%E4%BA%BA%E8%AF%B4%E8%BF%87",
  records: "/records?kind=complaint",
  attributed: "/attributed?kind=complaint&unsure=pending",
  causes: "/causes",
  trace: `/records/${encodeURIComponent(fixtures.late_record)}`,
  "causes-department": "/causes?by=department",
  "causes-open": "/causes?open=fulfil.transit_delay",
  promises: "/promises",
  entries: "/promises/entries?outcome=broken",
  contacts: "/contacts?hours=48",
  departments: "/departments",
  cases: `/cases?holder=${encodeURIComponent(fixtures.department)}`,
  case: `/cases/${fixtures.case_key}`,
  requests: `/requests?department=${encodeURIComponent(fixtures.department)}`,
  department: `/departments/${encodeURIComponent(fixtures.department)}`,
  agents: "/agents",
  agent: `/agents/${encodeURIComponent(fixtures.agent_no)}`,
  review: "/review",
  reports: "/reports?week=2026-W46",
  alerts: "/alerts",
  questions: "/questions",
  praise: "/praise",
  commendations: "/commendations?month=2026-11",
  import: "/import",
  system: "/system",
  taxonomy: "/taxonomy",
  account: "/account",
});

export const check = (holds, what) => {
  if (!holds) throw new Error(what);
};

export const same = (found, expected, what) => check(found === expected, `${what}: found ${found}, expected ${expected}`);
