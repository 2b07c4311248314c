# BiLSTM Explorer for an ordinary user. docs/hosting.md says how to build and run it.
ARG PYTHON=3.11
FROM python:${PYTHON}-slim

RUN useradd --create-home --uid 1000 explorer \
    && install --directory /app \
    && install --directory --owner explorer /app/static /data
WORKDIR /app

# the packages first: this layer stays as long as the pins do
COPY requirements.txt .
RUN pip install --no-cache-dir --requirement requirements.txt

COPY pyproject.toml app.py ./
COPY .streamlit .streamlit
COPY bilstm_core bilstm_core
COPY ui ui
COPY pages pages
RUN python -m compileall -q bilstm_core ui pages

USER explorer
ENV BILSTM_STORE=/data \
    PYTHONUNBUFFERED=1 \
    STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_BASE_URL_PATH=""
VOLUME /data
EXPOSE 8501

# 200 once a page can be shown and a worker stands or comes up
HEALTHCHECK --interval=30s --timeout=40s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; base = os.environ['STREAMLIT_SERVER_BASE_URL_PATH'].strip('/'); urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['STREAMLIT_SERVER_PORT']}/{base + '/' if base else ''}healthz\", timeout=35)"]

CMD ["streamlit", "run", "app.py", "--server.address", "0.0.0.0"]
