// The shapes of what goes between the modules and the server; only types, nothing to load.

/**
 * @typedef {object} Part  one file of an answer
 * @property {string} url
 * @property {number} start_ms
 * @property {number} ms
 * @property {{exercise: string, step: string, level: string, tempo: string} | null} step
 *
 * @typedef {object} Speech  an answer that sounds now
 * @property {number} number
 * @property {"skill" | "alexa"} who
 * @property {Part[]} parts
 * @property {[number, string][]} lines
 * @property {number} ms
 *
 * @typedef {object} Player  the stream in the player
 * @property {number} number  counts every time that it begins to sound
 * @property {string} url
 * @property {string} file
 * @property {string} token
 * @property {number} offset_ms
 * @property {number} duration_ms
 * @property {boolean} playing
 * @property {string} activity
 * @property {string | null} next_url
 *
 * @typedef {object} Item  one thing that was said or done
 * @property {number} number
 * @property {"you" | "echo" | "note"} who
 * @property {string} text
 * @property {number} speech
 * @property {string} detail
 *
 * @typedef {object} State  all that the server tells
 * @property {number} at_ms
 * @property {number} now_ms
 * @property {number | null} next_due_ms
 * @property {string} ring
 * @property {boolean} microphone
 * @property {boolean} in_session
 * @property {"start" | "pause" | "resume"} wish
 * @property {"finished" | "left" | "ended" | null} ending  how the training came to its end
 * @property {Record<string, string>} words
 * @property {Speech | null} speech
 * @property {Player | null} player
 * @property {{exercise: string, step: string, plan: string} | null} place
 * @property {string[]} faults
 * @property {Item[]} transcript
 *
 * @typedef {object} Step  a step of the plan; times are ms in its track
 * @property {string} id
 * @property {string} name
 * @property {string} side
 * @property {boolean} transition
 * @property {boolean} aside  not heard in the usual order
 * @property {number} start_ms
 * @property {number} end_ms
 * @property {number} repetitions
 * @property {[number, number][]} beats
 * @property {[number, string][]} lines
 * @property {["rest" | "hold", number, number][]} waits
 *
 * @typedef {object} Exercise
 * @property {string} id
 * @property {string} title
 * @property {string} posture
 * @property {boolean} aside
 * @property {number} ms
 * @property {number} usual_ms  without the steps that are not heard in the usual order
 * @property {Step[]} steps
 *
 * @typedef {object} Plan  the whole routine at one level and tempo
 * @property {string} key
 * @property {string} title
 * @property {string} level
 * @property {string} tempo
 * @property {Exercise[]} exercises
 *
 * @typedef {object} Happening  what happened in the browser; empty: time passed
 * @property {string} [said]
 * @property {string} [wish]  pause, stop or pain: said with the words that lead there when it arrives
 * @property {string} [pressed]
 * @property {{exercise: string, step: string}} [target]
 * @property {string} [fault]
 *
 * @typedef {object} SoundReport  how far the sounds are
 * @property {{number: number, offset_ms: number, over: boolean}} [speech]
 * @property {{number: number, offset_ms: number, over: boolean, failed: boolean}} [player]
 */

export {};
