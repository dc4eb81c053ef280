import { render } from "preact";
import { App } from "./app";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/panels.css";
import "./styles/figures.css";
import "./styles/dashboard.css";
import "./styles/pages.css";
import "./styles/staff.css";
import "./styles/wall.css";

render(<App />, document.getElementById("app")!);
