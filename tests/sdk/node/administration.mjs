// Our own API, spoken as an administrator speaks it.
import assert from 'node:assert/strict';

/** One call of our API; answers the JSON, or undefined where there is none. */
export async function call(gateway, method, path, body) {
  const answer = await fetch(`http://${gateway.address}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** An organization with a project and a key: credit unless null, a hard limit on the project if given. */
export async function makeTenant(gateway, { creditUsd = '5.00', hardLimitUsd } = {}) {
  const organization = (await call(gateway, 'POST', 'organizations', { name: 'acme' })).id;
  if (creditUsd !== null) {
    const credit = { amount_usd: creditUsd, kind: 'purchase', note: 'for the test' };
    await call(gateway, 'POST', `organizations/${organization}/credits`, credit);
  }
  const project = (await call(gateway, 'POST', `organizations/${organization}/projects`, { name: 'image-bot' })).id;
  if (hardLimitUsd !== undefined) {
    await call(gateway, 'POST', 'limits', {
      scope: { kind: 'project', id: project },
      amount_usd: hardLimitUsd,
      measure: 'usd',
      window: { kind: 'month' },
      mode: 'enforce',
    });
  }
  const key = await call(gateway, 'POST', `projects/${project}/keys`, { name: 'bot' });
  return { organization, project, key: key.id, secret: key.secret };
}

/** What the ledger says of an organization's money. */
export const balance = (gateway, tenant) => call(gateway, 'GET', `organizations/${tenant.organization}/balance`);

/** The same once nothing is held: the end of a stream may be seen before its hold is settled. */
export async function settledBalance(gateway, tenant) {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const money = await balance(gateway, tenant);
    if (/^0\.0+$/.test(money.held_usd)) return money;
    assert.ok(Date.now() < deadline, `still held: ${JSON.stringify(money)}`);
  }
}

/** What the provider would bill, by its own arithmetic. */
export const billed = async (gateway) => (await fetch(`http://${gateway.simAddress}/sim/billed`)).json();
