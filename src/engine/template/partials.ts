/** Pieces that templates share: `{{> system}}`, `{{> person hire}}`. */

export interface Partial {
  readonly usage: string;
  readonly doc: string;
  readonly text: string;
}

export const partials = {
  system: {
    usage: "{{#each systems}}{{> system}}{{/each}}",
    doc: "A system with its role, its invite list, its documentation and one box for each step.",
    text: `### {{name}}{{#if role}}: {{role}}{{/if}}

{{#if owner}}
Owner: {{owner}}

{{/if}}
{{#if invite}}
Invite list: {{invite}}

{{/if}}
{{#if docs}}
[How it is done]({{docs}})

{{/if}}
{{#if tasks}}
{{taskList tasks}}
{{else}}
- [ ] Give access
{{/if}}
`,
  },
  revocation: {
    usage: "{{#each systems}}{{> revocation}}{{/each}}",
    doc: "For `deprovisioning` and `removal`: a system to take away, with its deadline, its steps and the two boxes that settle it.",
    text: `### {{name}}

Tier {{tier}}: revoke by **{{date due}}** ({{due}}).{{#if role}} Role: {{role}}.{{/if}}{{#if owner}} Owner: {{owner}}.{{/if}}

{{#if docs}}
[How it is done]({{docs}})

{{/if}}
{{#each steps}}
- {{this}}
{{/each}}

Tick one:

- [ ] Revoked
- [ ] Never had access
`,
  },
  review: {
    usage: "{{#each systems}}{{> review}}{{/each}}",
    doc: "For `access-review`: a system with everybody who has it, and the two boxes that settle each.",
    text: `### {{name}}

{{#if docs}}
[How it is done]({{docs}})

{{/if}}
{{#each rows}}
- [ ] {{keep}}
- [ ] {{revoke}}
{{else}}
Nobody has it, by the requests.
{{/each}}
`,
  },
  hire: {
    usage: "{{> hire}}",
    doc: "The facts of a new hire as a table. For new hires only.",
    text: `| | |
| --- | --- |
| Role | {{hire.role}} |
| Department | {{hire.department}} |
| Region | {{hire.region}} |
| Manager | {{hire.manager}} |
| Work e-mail | {{hire.email}} |
| Start date | {{hire.start}} |
`,
  },
  person: {
    usage: "{{> person hire}}",
    doc: "A person with role, department, region and e-mail in one line.",
    text: "**{{name}}**, {{role}}{{#if department}}, {{department}}{{/if}}{{#if region}}, {{region}}{{/if}}{{#if email}} ({{email}}){{/if}}",
  },
} as const satisfies Record<string, Partial>;
