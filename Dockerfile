# A trained model behind HTTP, on CPUs alone. Built beside a trained models/peapod:
#   docker build -t peapod . && docker run -p 8000:8000 -e PEAPOD_TOKEN=... peapod
FROM python:3.11-slim
WORKDIR /srv
COPY requirements.txt constraints.txt pyproject.toml README.md LICENSE ./
COPY pipeline ./pipeline
COPY stages ./stages
# Torch's own index has wheels without CUDA.
RUN pip install --no-cache-dir -c requirements.txt -c constraints.txt \
    --extra-index-url https://download.pytorch.org/whl/cpu ".[serve]"
COPY models/peapod ./models/peapod
RUN useradd --no-create-home served
USER served
EXPOSE 8000
CMD ["python", "-m", "stages.serve", "models/peapod", "--host", "0.0.0.0"]
