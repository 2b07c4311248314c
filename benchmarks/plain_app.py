"""A tutorial's network in a Streamlit page, as a reader would write it: Keras trains while the page runs.

`streamlit run benchmarks/plain_app.py`; benchmarks/classroom.py measures it beside the explorer.
"""

import keras
import numpy as np
import pandas as pd
import streamlit as st


def get_sequences(count, timesteps):
    x = np.random.rand(count, timesteps, 1)
    y = (np.cumsum(x, axis=1) > timesteps / 4).astype(int)
    return x, y


def get_model(direction, units):
    lstm = keras.layers.LSTM(units, return_sequences=True, go_backwards=direction == "backward")
    model = keras.Sequential()
    model.add(keras.Input((10, 1)))
    model.add(keras.layers.Bidirectional(lstm) if direction == "bidirectional" else lstm)
    model.add(keras.layers.TimeDistributed(keras.layers.Dense(1, activation="sigmoid")))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


class Losses(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.losses = []

    def on_train_batch_end(self, batch, logs):  # noqa: ARG002
        self.losses.append(logs["loss"])


def train(direction, units, seed, sequences):
    keras.utils.set_random_seed(seed)
    model, losses = get_model(direction, units), Losses()
    x, y = get_sequences(sequences, 10)
    model.fit(x, y, epochs=1, batch_size=1, verbose=0, callbacks=[losses])
    return model, losses.losses


st.title("Bidirectional LSTM")
direction = st.selectbox("Direction", ["forward", "backward", "bidirectional"])
units = st.number_input("Units", 1, 200, 20)
seed = st.number_input("Seed", 0, 10_000, 0)
starts = st.number_input("Starts", 1, 10, 1)
if st.button("Train"):
    model, losses = train(direction, units, seed, 1_000)
    x, y = get_sequences(10_000, 10)
    loss, accuracy = model.evaluate(x, y, batch_size=1_000, verbose=0)
    st.line_chart(losses)
    st.write(f"After 1,000 sequences: {accuracy:.1%} of labels right with {units} units.")
if st.button("Compare directions"):
    curves = {}
    for name in ["forward", "backward", "bidirectional"]:
        runs = [train(name, units, start, 250)[1] for start in range(starts)]
        curves[name] = np.median(runs, axis=0)
    st.line_chart(pd.DataFrame(curves))
    st.write(f"Compared {starts} starts of each direction with {units} units.")
