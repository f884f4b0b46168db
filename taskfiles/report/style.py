"""The style of the page, light and dark, on a screen and on paper."""

from __future__ import annotations

from taskfiles.report.palette import DARK, LIGHT, declare_colours, map_marks

STYLE = f"""
:root {{ color-scheme: light dark; {declare_colours(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {declare_colours(DARK)} }} }}
* {{ box-sizing: border-box; }}
body {{
  margin: 0 auto; max-width: 70rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Liberation Sans", Arial, Helvetica, sans-serif;
}}
h1, h2, h3 {{ line-height: 1.2; overflow-wrap: anywhere; }}
h2 {{ margin-top: 2.5rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }}
h3 {{ margin: 0 0 .5rem; }}
a {{ color: var(--main); }}
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible {{
  outline: 3px solid var(--main); outline-offset: 2px;
}}
main:focus {{ outline: none; }}
.skip {{ position: absolute; left: -100vw; background: var(--paper); padding: .5rem; }}
.skip:focus {{ left: 1rem; top: .5rem; }}
nav ul {{ list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 0; }}
nav a {{ display: inline-block; padding: .2rem 0; }}
dl {{ display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0; }}
dt {{ color: var(--dim); font-size: .875rem; }}
dd {{ margin: 0; font-size: 1.25rem; overflow-wrap: anywhere; }}
.chart {{ margin: 2.5rem 0; }}
figure {{ margin: 0; }}
.drawing svg {{ display: block; width: 100%; height: auto; }}
.lists {{
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
  gap: 1.5rem 2.5rem; margin-top: 1.5rem;
}}
.lists ul {{ margin: 0; padding: 0; list-style: none; }}
.lists li {{ padding: .25rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }}
.lists code {{ color: var(--dim); }}
.s-idea {{ color: var(--idea); }}
.s-ready {{ color: var(--main); }}
.s-in-progress {{ color: var(--progress); }}
.s-done {{ color: var(--done); }}
.s-canceled {{ color: var(--dim); }}
figcaption, .chart > p {{ max-width: 45rem; margin: .5rem 0; }}
.cases {{ font-weight: bold; }}
details {{ margin: .5rem 0; }}
summary {{ cursor: pointer; padding: .3rem 0; color: var(--main); width: fit-content; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }}
caption {{ text-align: left; color: var(--dim); padding: .3rem 0; }}
th, td {{
  text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0;
  border-bottom: 1px solid var(--line);
}}
tbody th {{ font-weight: normal; min-width: 8rem; max-width: 24rem; overflow-wrap: anywhere; }}
td {{ max-width: 24rem; overflow-wrap: anywhere; }}
.number {{ text-align: right; white-space: nowrap; }}
footer {{ margin-top: 3rem; color: var(--dim); font-size: .875rem; }}
{map_marks("svg ")}
@media print {{
  :root {{ color-scheme: light; {declare_colours(LIGHT)} }}
  body {{ max-width: none; padding: 0; font-size: 10pt; }}
  nav, .skip {{ display: none; }}
  figure, tr {{ break-inside: avoid; }}
  h2, h3, caption {{ break-after: avoid; }}
  summary {{ display: none; }}
  details::details-content {{ content-visibility: visible; display: block; height: auto; }}
  .scroll {{ overflow: visible; }}
  table {{ font-size: 8pt; }}
  th, td {{ padding-right: .4rem; }}
}}
"""
