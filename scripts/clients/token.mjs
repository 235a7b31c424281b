// The compiled token for clients of other languages.
import { token } from "./compile.mjs";

console.log(JSON.stringify(token()));
