// Asks the server, and fails where it refuses.

/**
 * @param {string} url
 * @param {object} body
 */
export async function post(url, body) {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(url, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** @param {string} url */
export async function get(url) {
  return answer(await fetch(url));
}

/** The status of a refusal; 0 for any other mistake. @param {unknown} error */
export function statusOf(error) {
  return error instanceof Refusal ? error.status : 0;
}

/** Why something did not work, for people. @param {unknown} error */
export function why(error) {
  return error instanceof TypeError ? "Er is geen verbinding met de server." : "De server kon dit nu niet doen.";
}

class Refusal extends Error {
  /**
   * @param {string} message
   * @param {number} status
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** @param {Response} response */
async function answer(response) {
  const found = await response.json();
  if (!response.ok) throw new Refusal(found.error?.message ?? "", response.status);
  return found;
}
