/** How the pages look, and the one thing they do by themselves. */

export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d0d7de, #3d444d); --soft: light-dark(#f3f5f7, #1c2128); --bot: light-dark(#e8f3ff, #12273d) }
* { box-sizing: border-box }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif }
header { position: sticky; top: 0; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; padding: .5rem 1rem; background: var(--soft); border-bottom: 1px solid var(--line) }
main { max-width: 75rem; margin: 0 auto; padding: 0 1rem 3rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem } h3 { margin: 1rem 0 .3rem; font-size: .9rem }
table { width: 100%; border-collapse: collapse } th, td { padding: .3rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
time { color: light-dark(#59636e, #9198a1); font-size: .85em }
button, .button { padding: .15rem .6rem; border: 1px solid var(--line); border-radius: .4rem; background: transparent; color: inherit; font: inherit; text-decoration: none; cursor: pointer }
button[aria-pressed=true] { background: light-dark(#1f6feb, #388bfd); color: #fff }
button.box { padding: 0 .2rem; border: 0; font-size: 1.2em; line-height: 1 } button.small { padding: 0 .3rem; border: 0 }
input, textarea { width: 100%; margin: .2rem 0; padding: .3rem; font: inherit } input[list] { width: 70% }
textarea { font-family: ui-monospace, monospace; font-size: .9em }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) 18rem; gap: 1.5rem } @media (max-width: 50rem) { .columns { display: block } }
article, .course > li { padding: .5rem .8rem; border: 1px solid var(--line); border-radius: .4rem }
ul.course, ul.news { padding: 0; list-style: none } .course > li { margin: .5rem 0 } .news > li { padding: .1rem .4rem }
.bot { background: var(--bot) }
.text { white-space: pre-wrap; overflow-wrap: anywhere } .heading { font-weight: 600 }
.chip { display: inline-block; padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .85em } .chip i { display: inline-block; width: .7em; height: .7em; margin-right: .35em; border-radius: 50% }
.trouble, #changed { padding: .4rem .8rem; border: 1px solid #d9534f; border-radius: .4rem } #changed { border-color: #f0ad4e }
tr.closed { opacity: .6 }
`;

/** Loads the page again where it was when something has changed; asks first where somebody is writing. */
export const SCRIPT = `
const [left, height] = (sessionStorage.getItem("left") ?? "").split(" ");
if (left === location.pathname && location.hash === "") scrollTo(0, Number(height));
addEventListener("pagehide", () => sessionStorage.setItem("left", location.pathname + " " + scrollY));
const seen = document.body.dataset.version;
const writing = () => document.querySelector("details[open]") !== null ||
  [...document.querySelectorAll("input:not([type=hidden]), textarea")].some((one) => one.value !== one.defaultValue);
const look = async () => {
  try {
    const answer = await fetch("/sandbox/version", { cache: "no-store" });
    if (answer.ok && (await answer.text()) !== seen) {
      if (!writing()) return location.replace(location.pathname + location.search);
      document.querySelector("#changed").hidden = false;
    }
  } catch {
    // The demo has ended, or is not there for a moment.
  }
  setTimeout(look, 700);
};
setTimeout(look, 700);
`;
