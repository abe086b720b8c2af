// A worker for pages that are opened from the disk, where browsers allow none: its script runs in a hidden frame.
if (location.protocol === "file:") {
  window.Worker = class {
    constructor(address) {
      this.waiting = [];
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      inside.document.open();
      inside.postMessage = (sent) => {
        const data = structuredClone(sent);
        setTimeout(() => this.onmessage?.({ data }));
      };
      const script = inside.document.createElement("script");
      script.src = new URL(address, location.href);
      script.onload = () => {
        this.inside = inside;
        this.waiting.splice(0).forEach((data) => this.postMessage(data));
      };
      script.onerror = () => this.onerror?.(new Event("error"));
      inside.document.close();
      inside.document.body.append(script);
    }

    postMessage(sent) {
      const data = structuredClone(sent);
      if (this.inside) setTimeout(() => this.inside.dispatchEvent(new MessageEvent("message", { data })));
      else this.waiting.push(data);
    }

    terminate() {
      this.frame.remove();
    }
  };
}
