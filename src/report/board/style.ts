/** How the page looks: light and dark, on a phone and on paper. Colours keep a contrast of 4.5 : 1 or more. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2128;--soft:#57606a;--line:#d0d7de;--wash:#f6f8fa;--link:#0a57b8;--alarm:#b3261e;--first:#0a69da;--second:#b35900}
@media (prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--soft:#9aa5b1;--line:#3d444d;--wash:#161b22;--link:#79b8ff;--alarm:#ff8a80;--first:#58a6ff;--second:#ffa657}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:72rem;margin:0 auto;padding:1rem}
a{color:var(--link)}
a.skip{position:absolute;left:-99rem}
a.skip:focus{left:1rem;top:.5rem;background:var(--paper);padding:.25rem .5rem}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
h1{font-size:1.5rem;margin:.25rem 0}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
p{margin:.25rem 0 .5rem}
.soft{color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;padding:0;margin:1rem 0;list-style:none}
.tiles li{border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem;background:var(--wash)}
.tiles a{font-size:1.8rem;font-weight:600;text-decoration:none;display:block;line-height:1.2}
.wide+.wide{margin-top:.75rem}
.wide{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem}
table{border-collapse:collapse;width:100%;font-size:.925rem}
caption{text-align:left;padding:.4rem .6rem;color:var(--soft)}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-top:1px solid var(--line);overflow-wrap:normal}
thead th{background:var(--wash);white-space:nowrap}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-decoration:underline dotted}
th[aria-sort=ascending] button::after{content:" \\25B2"}
th[aria-sort=descending] button::after{content:" \\25BC"}
.alarm{color:var(--alarm);font-weight:600}
.chart svg{display:block;width:100%;height:auto;max-width:52rem}
.chart svg text{font-family:inherit;font-size:12px}
form{display:flex;flex-wrap:wrap;gap:.5rem 1rem;margin:.5rem 0}
form[hidden]{display:none}
label{display:flex;flex-direction:column;font-size:.85rem;color:var(--soft)}
input,select{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--soft);border-radius:.3rem;padding:.3rem .4rem;max-width:16rem}
.none{padding:.5rem 0}
@media (max-width:30rem){header,main,footer{padding:.75rem}label,input,select{width:100%;max-width:none}}
@media print{:root{--paper:#fff;--ink:#000;--soft:#333;--line:#999;--wash:#fff;--link:#000;--alarm:#000;--first:#0a69da;--second:#b35900}
body{font-size:10pt}form,a.skip{display:none}header,main,footer{max-width:none;padding:0}.wide{overflow:visible;border:0}tr,.tiles li,figure{break-inside:avoid}h2{break-after:avoid}thead{display:table-header-group}@page{margin:1.5cm}}
`;
